import type { EntryOf } from "../../../domain/guard/policy.ts";
import { isConsentedNow } from "../scene/call-consent.ts";
import { longer, type Wait, waitForPlace } from "../scene/counts.ts";
import {
  accountOf,
  answeredInbound,
  BORROWER,
  debtOf,
  isConversation,
  isCountedContact,
  loanIdsOf,
  type PastContact,
  personOf,
  SPOUSE,
  wasMade,
} from "../scene/history.ts";
import { type Law, lawOf, type Scene } from "../scene/scene.ts";
import { SEARCH_MS } from "../scene/windows.ts";
import { isToPersonOf, silenceWait } from "./frequency.ts";
import { mailTarget } from "./mail-target.ts";
import {
  type Decision,
  ofContact,
  ofLoans,
  redirect,
  refuse,
  type Rule,
  waitUntil,
} from "./rule.ts";
import { HOUR_MS } from "../../../domain/values/durations.ts";

type Cap = EntryOf<"cap">["value"];

export const freqState: Rule = {
  id: "freq.state",
  group: "C",
  short: "State or city rule on contact",
  statement:
    "Caps, silences and conditions of a state or city: counts, consent, notice before electronic contact.",
  appliesTo: "as the entries of the policy say",
  condition:
    "Electronic contact before the written notice a state wants: redirect to mail. Without the consent it wants: refuse, but for one request for consent. A cap that is full, or a silence after a conversation: wait to the first day that is open.",
  citation: "the entries of the policy",
  certainty: ["primary", "secondary", "unverified"],
  inputs: [
    "contacts.address",
    "loans",
    "contact.electronicConsentAt",
    "history",
    "lender.licensedAgencyIn",
  ],
  decide: (scene) => noticeFirst(scene) ?? consentFirst(scene) ?? placeFirst(scene),
};

function noticeFirst(scene: Scene): Decision | undefined {
  const { facts, message } = scene;
  const isMissing = lawOf(scene, "freq.state", "electronicNeedsNotice").some(
    ({ entry, loanIds }) =>
      entry.value.channels.includes(message.channel) &&
      loanIds.some((id) => facts.loans[id]?.stateNoticeMailedAt === undefined),
  );
  if (!isMissing) return undefined;
  return redirect(
    mailTarget(scene),
    ofLoans(scene, "stateNoticeMailedAt"),
    "The law at the borrower's home wants a written notice before electronic contact: send a letter.",
  );
}

function consentFirst(scene: Scene): Decision | undefined {
  const { contact, message } = scene;
  const law = lawOf(scene, "freq.state", "electronicNeedsConsent").find(({ entry }) =>
    entry.value.channels.includes(message.channel),
  );
  if (law === undefined || contact.electronicConsentAt !== undefined) return undefined;
  const { requestDays } = law.entry.value;
  if (message.kind !== "consentRequest" || requestDays === undefined)
    return refuse(
      ofContact(scene, "electronicConsentAt"),
      `The law at the borrower's home wants consent to electronic messages at contact ${message.contactId}: ask for it, or send a letter.`,
    );
  const wait = waitForPlace(
    scene,
    { max: 1, days: requestDays },
    (past) =>
      past.item.kind === "consentRequest" && wasMade(past.item) && isToPersonOf(scene, past),
  );
  return waitUntil(
    wait?.until,
    scene,
    wait?.facts ?? [],
    "Consent was asked for already: it is judged again when it may be asked for once more.",
  );
}

function placeFirst(scene: Scene): Decision | undefined {
  const waits = [
    ...lawOf(scene, "freq.state", "cap").map((law) => capWait(scene, law)),
    ...lawOf(scene, "freq.state", "silence").map((law) => stateSilence(scene, law)),
  ];
  const wait = waits.reduce(longer, undefined);
  return waitUntil(
    wait?.until,
    scene,
    wait?.facts ?? [],
    "The law at the borrower's home allows no further contact now: it is judged again when it does.",
  );
}

function capWait(scene: Scene, { entry, loanIds }: Law<"cap">): Wait | undefined {
  const cap = entry.value;
  if (!cap.channels.includes(scene.message.channel) || !isAtPlace(cap, scene.contact.label))
    return undefined;
  const counted = countedBy(scene, cap);
  if (cap.hours !== undefined) return hoursWait(scene, cap.max, cap.hours, counted);
  const limit = { max: cap.max, days: cap.days ?? 1 };
  const isCounted = new Set(counted);
  return groupsOf(scene, cap, loanIds)
    .map((group) => waitForPlace(scene, limit, (past) => isCounted.has(past) && group(past)))
    .reduce(longer, undefined);
}

const isAtPlace = ({ place }: Cap, label: string): boolean =>
  place === undefined || (place === "work") === (label === "work");

/** The past contacts that a cap counts, whatever debt they are about. */
function countedBy(scene: Scene, cap: Cap): readonly PastContact[] {
  const { facts, past, message } = scene;
  const counted = past.filter(
    (one) =>
      cap.channels.includes(one.item.channel) &&
      isCountedContact(facts, one.item) &&
      !cap.notCounted.some((details) => details === one.item.statusDetails) &&
      isAtPlace(cap, facts.contacts[one.item.contactId]?.label ?? "personal") &&
      (cap.only !== "conversations" || isConversation(one)) &&
      (cap.only !== "prerecorded" || one.item.isPrerecorded) &&
      (cap.per !== "contact" || one.item.contactId === message.contactId) &&
      isToPerson(scene, cap, one),
  );
  if (!cap.leavesOutCallBack) return counted;
  const callBack = counted.findLast(
    (one) => one.item.replyToInboundId !== undefined && isConversation(one),
  );
  return counted.filter((one) => one !== callBack);
}

function isToPerson(scene: Scene, { per }: Cap, past: PastContact): boolean {
  if (per !== "debtorOrSpouse") return isToPersonOf(scene, past);
  const isEither = (person: string): boolean => person === BORROWER || person === SPOUSE;
  return isEither(past.person) && isEither(personOf(scene.facts, scene.message.contactId));
}

type Group = (past: PastContact) => boolean;

/** Each debt or account has its own count. A message about no loan counts against all of them. */
function groupsOf({ facts }: Scene, { per }: Cap, loanIds: readonly string[]): readonly Group[] {
  if ((per !== "debt" && per !== "account") || loanIds.length === 0) return [() => true];
  const keyOf = per === "debt" ? debtOf : accountOf;
  const keys = [...new Set(loanIds.map((id) => keyOf(facts, id)))];
  return keys.map(
    (key) =>
      ({ item }) =>
        loanIdsOf(item).some((id) => keyOf(facts, id) === key),
  );
}

/** Marketing is counted by subject. The history names no subject for an item without a theme. */
function hoursWait(
  { at, message }: Scene,
  max: number,
  hours: number,
  counted: readonly PastContact[],
): Wait | undefined {
  const recent = counted
    .filter(
      ({ item }) =>
        item.at <= at &&
        item.at > at - hours * HOUR_MS &&
        (item.theme === undefined || item.theme === message.theme),
    )
    .toSorted((one, other) => other.item.at - one.item.at);
  const oldest = recent[max - 1];
  if (max > 0 && oldest === undefined) return undefined;
  const from = oldest?.item.at ?? at + SEARCH_MS;
  return { until: from + hours * HOUR_MS, facts: recent.map(({ fact }) => fact) };
}

function stateSilence(scene: Scene, { entry, loanIds }: Law<"silence">): Wait | undefined {
  const { days, channels, per, unlessRequested } = entry.value;
  const { facts, message } = scene;
  if (!channels.includes(message.channel)) return undefined;
  if (unlessRequested && isRequested(scene)) return undefined;
  const keyOf = per === "debt" ? debtOf : accountOf;
  const keys = new Set(loanIds.map((id) => keyOf(facts, id)));
  return silenceWait(scene, days, ({ item }) =>
    loanIdsOf(item).some((id) => keys.has(keyOf(facts, id))),
  );
}

/** The borrower asked to be called: by an inbound message that this one answers, or by consent to calls. */
function isRequested(scene: Scene): boolean {
  const { facts, message } = scene;
  if (answeredInbound(facts) !== undefined) return true;
  return message.loanIds.some((id) => isConsentedNow(scene, debtOf(facts, id)));
}
