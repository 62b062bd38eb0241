import type { InboundItem } from "../../../domain/guard/facts.ts";
import { answeredInbound, type PastContact, wasMade } from "../scene/history.ts";
import { isOptOut, isUnclear, isWritten, namesTexts, replyOf } from "../scene/inbound.ts";
import { parameterOf, type Scene } from "../scene/scene.ts";
import { isAutomatedCall } from "./addresses.ts";
import { hold, ofContact, refuse, require, type Rule } from "./rule.ts";
import { MINUTE_MS } from "../../../domain/values/durations.ts";

/** The state of a number for the programme of the message, after all inbound messages. */
interface OptOutState {
  readonly state: "open" | "unclear" | "revoked";
  /** The message that caused the state. */
  readonly fact: string;
}

const OPEN: OptOutState = { state: "open", fact: "inbound" };

/** An opt-out that mentions texts applies to every number of the borrower, on whatever channel it arrived. */
function isAboutNumber(item: InboundItem, { message }: Scene): boolean {
  if (item.contactId === message.contactId) return true;
  return message.channel === "text" && namesTexts(item);
}

/** A text applies to one programme. Other inbound messages apply to all of them. */
function isAboutProgramme({ channel, programme }: InboundItem, scene: Scene): boolean {
  return channel !== "text" || programme === scene.message.programme || revokesAll(scene);
}

function revokesAll(scene: Scene): boolean {
  const { switches, revokeAllFrom } = scene.facts.lender;
  if (switches.revokeAll) return true;
  const from = revokeAllFrom ?? parameterOf(scene, "optout.revoked", "revokeAllFrom")?.day;
  return from !== undefined && scene.days.some((day) => day >= from);
}

function optOutStateOf(scene: Scene): OptOutState {
  return scene.facts.inbound
    .toSorted((one, other) => one.receivedAt - other.receivedAt)
    .reduce((before, item) => nextOptOutState(item, before, scene), OPEN);
}

function nextOptOutState(item: InboundItem, before: OptOutState, scene: Scene): OptOutState {
  if (isOptIn(item, scene)) return OPEN;
  if (!isAboutProgramme(item, scene) || before.state === "revoked") return before;
  const fact = `inbound.${item.id}`;
  const isAbout = isAboutNumber(item, scene);
  if (isAbout && isOptOut(item)) return { state: "revoked", fact };
  // an opt-out from an unknown sender may be from this number
  const mayBeAbout = isAbout ? isUnclear(item) : item.contactId === undefined && isOptOut(item);
  return mayBeAbout && before.state === "open" ? { state: "unclear", fact } : before;
}

/** True if the item consents to texts to that number again, in that programme. */
function isOptIn(item: InboundItem, { message }: Scene): boolean {
  return (
    item.channel === "text" &&
    message.channel === "text" &&
    item.contactId === message.contactId &&
    item.programme === message.programme &&
    replyOf(item).reading === "optIn"
  );
}

export const optoutRevoked: Rule = {
  id: "optout.revoked",
  group: "D",
  short: "Consent revoked",
  statement:
    "Consent is revoked by any reasonable means: the words stop, quit, end, revoke, opt out, cancel and unsubscribe by themselves, other words if a reasonable person understands them. It applies at once.",
  appliesTo: "text; voice that is autodialed or prerecorded",
  condition:
    "An inbound message from the number, or about texts, reads as an opt-out and no later opt-in to the programme came from the number: refuse. Unclear words, or an opt-out whose sender is not known: hold until a person has read them. An opt-out by text binds its own programme; with switches.revokeAll, or from lender.revokeAllFrom on, every one.",
  citation: "47 CFR 64.1200(a)(10)-(11); FCC 24-24; DA 25-312, DA 26-12. The ten days are not used",
  certainty: ["secondary", "unverified", "policy"],
  inputs: ["inbound", "message.programme", "switches.revokeAll", "lender.revokeAllFrom"],
  decide(scene) {
    if (scene.message.channel !== "text" && !isAutomatedCall(scene)) return undefined;
    const { state, fact } = optOutStateOf(scene);
    if (state === "open") return undefined;
    return state === "revoked"
      ? refuse([fact], "The borrower opted out: use another channel.")
      : hold([fact], "The borrower's words may be an opt-out: read them and note what they mean.");
  },
};

/** A confirmation answers a message from the number to which it goes. */
function confirmedInbound({ facts, message }: Scene): InboundItem | undefined {
  const asked = answeredInbound(facts);
  return asked?.contactId === message.contactId ? asked : undefined;
}

function isEarlierConfirmation({ item }: PastContact, asked: InboundItem): boolean {
  return (
    item.kind === "optOutConfirmation" &&
    item.contactId === asked.contactId &&
    wasMade(item) &&
    (item.replyToInboundId === asked.id || item.at >= asked.receivedAt)
  );
}

export const optoutConfirm: Rule = {
  id: "optout.confirm",
  group: "D",
  short: "Opt-out confirmation",
  statement:
    "One confirmation may follow an opt-out. It only confirms, and within 5 minutes it is presumed to be covered.",
  appliesTo: "kind optOutConfirmation",
  condition:
    "The provider has confirmed already, or there was a confirmation before, or the message does more than confirm: refuse. It answers no inbound message of the contact, or comes later than 5 minutes: hold. It lifts tcpa.consent, optout.revoked, optout.address and medium.refused.",
  citation: "47 CFR 64.1200(a)(12); 12 CFR 1006.14(h)(2)(i)",
  certainty: ["secondary", "primary"],
  inputs: [
    "message.kind",
    "message.replyToInboundId",
    "inbound.receivedAt",
    "inbound.providerAutoReplied",
    "history.kind",
    "rendered.onlyConfirmsOptOut",
  ],
  lifts: ["tcpa.consent", "optout.revoked", "optout.address", "medium.refused"],
  holds: ({ message }) => message.kind === "optOutConfirmation",
  decide(scene) {
    if (scene.message.kind !== "optOutConfirmation") return undefined;
    const asked = confirmedInbound(scene);
    if (asked === undefined)
      return hold(
        ["message.replyToInboundId"],
        "It confirms no opt-out of this contact: a person decides.",
      );
    const fact = `inbound.${asked.id}`;
    if (asked.providerAutoReplied)
      return refuse([fact], "The provider has confirmed the opt-out: do not confirm it again.");
    const earlier = scene.past.find((past) => isEarlierConfirmation(past, asked));
    if (earlier !== undefined)
      return refuse([earlier.fact], "The opt-out was confirmed before: do not confirm it again.");
    return onlyConfirms(scene, asked);
  },
};

function onlyConfirms(scene: Scene, asked: InboundItem): ReturnType<typeof require> {
  const content = require(scene, {
    "only-confirmation": ({ onlyConfirmsOptOut }) => onlyConfirmsOptOut,
  }, "A confirmation holds nothing but the confirmation: use the template for it.");
  if (content?.outcome === "refuse") return content;
  const minutes = parameterOf(scene, "optout.confirm", "withinMinutes")?.minutes ?? 0;
  if (scene.at - asked.receivedAt <= minutes * MINUTE_MS) return content;
  return hold(
    [`inbound.${asked.id}`],
    `The opt-out came more than ${minutes} minutes ago: a person decides whether to confirm it.`,
  );
}

export const optoutAddress: Rule = {
  id: "optout.address",
  group: "D",
  short: "Address opted out",
  statement:
    "An opt-out of one address or number closes it for electronic messages about all debts.",
  appliesTo: "email and text in connection with collection under Regulation F",
  condition:
    "The contact opted out, or a written inbound message from it reads as an opt-out that no later opt-in by text took back: refuse.",
  citation: "12 CFR 1006.14(h)(1), comments 3.ii and 42(a)(1)-4",
  certainty: ["primary"],
  inputs: ["contact.optedOutAt", "inbound"],
  decide(scene) {
    const { contact, message, classes } = scene;
    const isClosed = message.channel === "email" || message.channel === "text";
    if (!isClosed || !classes.has("coll*")) return undefined;
    const long = `Contact ${message.contactId} opted out: use another address, or a letter for what the law requires.`;
    if (contact.optedOutAt !== undefined) return refuse(ofContact(scene, "optedOutAt"), long);
    const optOut = writtenOptOut(scene);
    return optOut === undefined ? undefined : refuse([`inbound.${optOut.id}`], long);
  },
};

/** Returns the last written opt-out from the contact, in any programme, without a later opt-in by text. */
function writtenOptOut({ facts, message }: Scene): InboundItem | undefined {
  return facts.inbound
    .filter((item) => item.contactId === message.contactId && isWritten(item))
    .toSorted((one, other) => one.receivedAt - other.receivedAt)
    .reduce<InboundItem | undefined>((before, item) => {
      if (isOptOut(item)) return item;
      const isBack = item.channel === "text" && replyOf(item).reading === "optIn";
      return isBack ? undefined : before;
    }, undefined);
}
