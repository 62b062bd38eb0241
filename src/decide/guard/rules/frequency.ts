import type { Channel } from "../../../domain/vocabulary.ts";
import { isConsentedNow, isUnderConsent } from "../scene/call-consent.ts";
import { isGiven } from "../scene/consents.ts";
import { longer, type Wait, waitForDays, waitForPlace } from "../scene/counts.ts";
import {
  BORROWER,
  debtOf,
  isConversation,
  isCountedCall,
  loanIdsOf,
  type PastContact,
  personOf,
  wasMade,
} from "../scene/history.ts";
import { lawOf, type Scene } from "../scene/scene.ts";
import { type Decision, type Rule, waitUntil } from "./rule.ts";
import { MINUTE_MS } from "../../../domain/values/durations.ts";

const waitFor = (wait: Wait | undefined, scene: Scene, long: string): Decision | undefined =>
  waitUntil(wait?.until, scene, wait?.facts ?? [], long);

/** The debts of the message. Each has its own count. */
function debtsOf({ facts, message }: Scene, loanIds: readonly string[]): readonly string[] {
  const about = loanIds.length > 0 ? loanIds : message.loanIds;
  return [...new Set(about.map((id) => debtOf(facts, id)))];
}

const isAboutDebt = ({ facts }: Scene, { item }: PastContact, debt: string): boolean =>
  loanIdsOf(item).some((id) => debtOf(facts, id) === debt);

/** True if a past contact was with the person to whom the message goes. */
export const isToPersonOf = ({ facts, message }: Scene, { person }: PastContact): boolean =>
  person === personOf(facts, message.contactId);

/** Calls to an attorney do not count: 12 CFR 1006.14(b)(3)(iii). */
const isCallToPerson = ({ message, contact }: Scene): boolean =>
  message.channel === "voice" && contact.affiliation !== "attorney";

export const freq7in7: Rule = {
  id: "freq.7in7",
  group: "C",
  short: "Seven calls in seven days",
  statement:
    "More than 7 calls in 7 consecutive days to a person about a particular debt are presumed to be a violation.",
  appliesTo: "voice, ringless voicemail included, in collection under Regulation F",
  condition:
    "7 calls that count were placed in the last 7 local days, today included, to the person about the debt: wait to the first day with fewer. A call under prior consent is not counted.",
  citation: "12 CFR 1006.14(b)(2)(i)(A), comments 1.i, (ii)-1.i",
  certainty: ["primary"],
  inputs: ["history", "contacts", "consents.calls", "borrower.toldTimeZone"],
  channels: ["voice"],
  decide(scene) {
    if (!isCallToPerson(scene)) return undefined;
    const waits = lawOf(scene, "freq.7in7", "cap").flatMap(({ entry, loanIds }) =>
      debtsOf(scene, loanIds)
        .filter((debt) => !isConsentedNow(scene, debt))
        .map((debt) => callsWait(scene, entry.value, debt)),
    );
    return waitFor(
      waits.reduce(longer, undefined),
      scene,
      "The calls of the last seven days are used up: it is judged again when one of them is too old to count.",
    );
  },
};

function callsWait(
  scene: Scene,
  { max, days = 1 }: { readonly max: number; readonly days?: number | undefined },
  debt: string,
): Wait | undefined {
  return waitForPlace(
    scene,
    { max, days },
    (past, clock) =>
      isCountedCall(scene.facts, past.item) &&
      isToPersonOf(scene, past) &&
      isAboutDebt(scene, past, debt) &&
      !(past.person === BORROWER && isUnderConsent(scene, debt, past.item.at, clock)),
  );
}

export const freqConversation7: Rule = {
  id: "freq.conversation7",
  group: "C",
  short: "Spoken to within seven days",
  statement:
    "No call within 7 consecutive days after a telephone conversation about the debt. The day of the conversation is day 1, and calls of the borrower count.",
  appliesTo: "voice in collection under Regulation F",
  condition:
    "The person was spoken to about the debt in the last 7 local days, today included: wait to the day of the conversation plus 7. A call under prior consent goes out.",
  citation: "12 CFR 1006.14(b)(2)(i)(B), comments 1.ii, (ii)-1.ii, 14(b)(4)-1.ii",
  certainty: ["primary"],
  inputs: ["history", "consents.calls"],
  channels: ["voice"],
  decide(scene) {
    if (!isCallToPerson(scene)) return undefined;
    const waits = lawOf(scene, "freq.conversation7", "silence").flatMap(({ entry, loanIds }) =>
      debtsOf(scene, loanIds)
        .filter((debt) => !isConsentedNow(scene, debt))
        .map((debt) =>
          silenceWait(scene, entry.value.days, (past) => isAboutDebt(scene, past, debt)),
        ),
    );
    return waitFor(
      waits.reduce(longer, undefined),
      scene,
      "The borrower was spoken to within the last seven days: it is judged again when they are over.",
    );
  },
};

/** The wait after the last conversation with the person of the message. */
export function silenceWait(
  scene: Scene,
  days: number,
  isAbout: (past: PastContact) => boolean,
): Wait | undefined {
  const talks = scene.past.filter(
    (past) =>
      past.item.at <= scene.at &&
      isConversation(past) &&
      isToPersonOf(scene, past) &&
      isAbout(past),
  );
  if (talks.length === 0) return undefined;
  const opens = scene.clocks.map((_, clock) =>
    Math.max(...talks.map((past) => (past.days[clock] ?? 0) + days)),
  );
  const until = waitForDays(scene, opens);
  return until === undefined ? undefined : { until, facts: talks.map(({ fact }) => fact) };
}

export const freqConsentexcl: Rule = {
  id: "freq.consentexcl",
  group: "C",
  short: "Calls under consent",
  statement:
    "Calls within 7 days of prior consent given directly are not counted. Consent ends at its own shorter term, and at the next conversation.",
  appliesTo: "the counts of freq.7in7 and freq.conversation7",
  condition:
    "The call is not before the consent and its first agreed day, within 7 local days of the consent, whose day is day 1, not after the last agreed day, and before the next conversation about the debt.",
  citation: "12 CFR 1006.14(b)(3)(i), comments 1 to 3",
  certainty: ["primary"],
  inputs: ["consents.calls", "history"],
};

export const freqExclusions: Rule = {
  id: "freq.exclusions",
  group: "C",
  short: "Calls that do not count",
  statement:
    "Not counted: calls that were not connected, calls to an attorney, and calls to a number once it is known not to be the person's. A call that was answered and dropped, rang unanswered or reached a machine counts.",
  appliesTo: "every count of calls",
  condition:
    "Not counted: canceled; failed without ringing; voiceBusy, voiceDisconnectedNumber, voiceWrongNumber; to a contact with wrongPartySince. Planned calls count.",
  citation: "12 CFR 1006.14(b)(3)(ii)-(iii), comments 14(b)(3)(ii)-1, 14(b)(2)(i)-3",
  certainty: ["primary"],
  inputs: ["history.status", "history.statusDetails", "contacts.wrongPartySince"],
};

export const freqDebtallocation: Rule = {
  id: "freq.debtallocation",
  group: "C",
  short: "Debts of a call",
  statement:
    "An unanswered call may be booked to one chosen debt. A call that discusses several debts counts for each. Student loans under one account number are one debt.",
  appliesTo: "every count by debt",
  condition:
    "A call counts for discussedLoanIds, or for loanIds where none are given. The account number is the debt of a student loan.",
  citation: "12 CFR 1006.14(b)(4) and comments",
  certainty: ["primary"],
  inputs: [
    "history.loanIds",
    "history.discussedLoanIds",
    "loans.productType",
    "loans.accountNumber",
  ],
};

export const freqBurst: Rule = {
  id: "freq.burst",
  group: "C",
  short: "Calls too close together",
  statement:
    "Concentrated calls can rebut the presumption: 2 unanswered calls to a number in 5 minutes, or 7 in one day.",
  appliesTo: "voice in collection under Regulation F",
  condition:
    "A call that counts went to the contact within limits.burst.minGapMinutes: wait for the rest of them. limits.burst.maxPerDay calls went to it today: wait to the next day.",
  citation: "comment 14(b)(2)(i)-2.i, -2.ii",
  certainty: ["primary", "policy"],
  inputs: ["history", "limits.burst"],
  decide(scene) {
    const { burst } = scene.facts.lender.limits;
    if (!isCallToPerson(scene) || !scene.classes.has("coll*") || burst === "off") return undefined;
    const isSame = ({ item }: PastContact): boolean =>
      item.contactId === scene.message.contactId && isCountedCall(scene.facts, item);
    return waitFor(
      longer(
        gapWait(scene, burst.minGapMinutes, isSame),
        waitForPlace(scene, { max: burst.maxPerDay, days: 1 }, isSame),
      ),
      scene,
      "The number was called a short while ago, or often enough today: it is judged again later.",
    );
  },
};

function gapWait(
  { past, at }: Scene,
  minutes: number,
  isSame: (one: PastContact) => boolean,
): Wait | undefined {
  const calls = past.filter((one) => one.item.at <= at && isSame(one));
  const last = calls.toSorted((one, other) => other.item.at - one.item.at)[0];
  if (last === undefined) return undefined;
  return { until: last.item.at + minutes * MINUTE_MS, facts: [last.fact] };
}

const ELECTRONIC: ReadonlySet<Channel> = new Set(["email", "text", "chat", "fax", "gui"]);

/** True for email, text, chat, fax and portal messages. */
export const isElectronic = (channel: Channel): boolean => ELECTRONIC.has(channel);

export const freqCumulative: Rule = {
  id: "freq.cumulative",
  group: "C",
  short: "Enough electronic messages",
  statement:
    "Calls, texts and emails together can harass even if each is within its limit, so electronic messages are capped.",
  appliesTo: "email and text in collection under Regulation F",
  condition:
    "limits.electronicPer7Days electronic messages, by the collections intensity, went to the person in the last 7 local days, or limits.textsPerDay texts today: wait to the first day with fewer.",
  citation: "12 CFR 1006.14(a), comments 14(a)-1, -2",
  certainty: ["primary", "policy"],
  inputs: [
    "history",
    "borrower.collectionsIntensity",
    "limits.electronicPer7Days",
    "limits.textsPerDay",
  ],
  decide(scene) {
    const { message, classes, facts } = scene;
    const isCapped = message.channel === "email" || message.channel === "text";
    if (!isCapped || !classes.has("coll*")) return undefined;
    const { electronicPer7Days, textsPerDay } = facts.lender.limits;
    const max = electronicPer7Days[facts.borrower.collectionsIntensity];
    const isMessage = (past: PastContact): boolean =>
      isElectronic(past.item.channel) && wasMade(past.item) && isToPersonOf(scene, past);
    const isText = (past: PastContact): boolean => past.item.channel === "text" && isMessage(past);
    const texts =
      message.channel === "text"
        ? waitForPlace(scene, { max: textsPerDay, days: 1 }, isText)
        : undefined;
    return waitFor(
      longer(waitForPlace(scene, { max, days: 7 }, isMessage), texts),
      scene,
      "The borrower has had enough electronic messages: it is judged again when there is a place.",
    );
  },
};

export const freqPrerecorded30: Rule = {
  id: "freq.prerecorded30",
  group: "C",
  short: "Prerecorded calls to a home line",
  statement:
    "Artificial or prerecorded voice to a residential line without consent: at most 3 in any 30 consecutive days, calls to collect included.",
  appliesTo: "prerecorded voice to a landline",
  condition:
    "No consent to such calls, and 3 prerecorded calls went to the line in the last 30 local days: wait to the first day with fewer.",
  citation: "47 CFR 64.1200(a)(3)(iii), effective 2023-07-20",
  certainty: ["secondary"],
  inputs: [
    "message.isPrerecorded",
    "contact.lineType",
    "history.isPrerecorded",
    "consents.autodialedCalls",
  ],
  channels: ["voice"],
  decide(scene) {
    const { message, contact, facts, at } = scene;
    const isPrerecorded = message.isPrerecorded || message.isRinglessVoicemail;
    if (message.channel !== "voice" || !isPrerecorded || contact.lineType !== "landline")
      return undefined;
    if (isGiven(facts.consents.autodialedCalls, at)) return undefined;
    const waits = lawOf(scene, "freq.prerecorded30", "cap").map(({ entry }) =>
      waitForPlace(
        scene,
        { max: entry.value.max, days: entry.value.days ?? 1 },
        ({ item }) =>
          item.isPrerecorded && item.contactId === message.contactId && isCountedCall(facts, item),
      ),
    );
    return waitFor(
      waits.reduce(longer, undefined),
      scene,
      "The line has had as many prerecorded calls as are allowed without consent: it is judged again later.",
    );
  },
};
