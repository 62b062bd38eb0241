import type { GuardContact } from "../../../domain/guard/facts.ts";
import type { Day, Instant } from "../../../domain/guard/moments.ts";
import mailDomains from "../data/mail-domains.json" with { type: "json" };
import { isGiven } from "../scene/consents.ts";
import { isCollection } from "../scene/content-class.ts";
import { isWithinDays } from "../scene/local-days.ts";
import { lawOf, parameterOf, type Scene } from "../scene/scene.ts";
import { CONTACT_STATUSES } from "../../../domain/vocabulary.ts";
import { type Decision, hold, ofContact, redirect, refuse, type Rule } from "./rule.ts";

export const contactInvalid: Rule = {
  id: "contact.invalid",
  group: "A",
  short: "Unusable address",
  statement:
    "Do not use an address known to be unusable: marked invalid, archived, bounced permanently, or mail returned.",
  appliesTo: "every message",
  condition:
    "The contact is not valid or is archived: refuse. Where the law requires the message and a second valid contact of the same type exists: redirect to it.",
  citation: "12 CFR 1006.42(a)(1), comments 42(a)(1)-1.ii, -2, -3 (required disclosures); others",
  certainty: ["primary", "policy"],
  inputs: ["contact.valid", "contact.status", "contacts", "message.requiredByLaw"],
  decide(scene) {
    const { contact, message } = scene;
    if (contact.valid && contact.status !== "archived") return undefined;
    const facts = ofContact(scene, "valid", "status");
    const other = message.requiredByLaw ? nextBest(scene) : undefined;
    if (other === undefined)
      return refuse(
        facts,
        `Contact ${message.contactId} is marked unusable: correct it, or choose another contact.`,
      );
    const to = { party: "borrower", channel: message.channel, contactId: other } as const;
    return redirect(
      to,
      [...facts, "message.requiredByLaw"],
      `Contact ${message.contactId} is marked unusable and the law requires the message: send it to contact ${other}.`,
    );
  },
};

/** Orders contacts by status, verified ones first. */
function nextBest({ facts, contact, message }: Scene): string | undefined {
  const rank = ({ status, verified }: GuardContact): number =>
    CONTACT_STATUSES.indexOf(status) * 2 + (verified ? 0 : 1);
  const others = Object.entries(facts.contacts).filter(
    ([id, other]) =>
      id !== message.contactId &&
      other.contactType === contact.contactType &&
      other.affiliation === contact.affiliation &&
      other.valid &&
      other.status !== "archived",
  );
  return others.toSorted(([, one], [, other]) => rank(one) - rank(other))[0]?.[0];
}

const isCallOrText = ({ message }: Scene): boolean =>
  message.channel === "voice" || message.channel === "text";

export const contactDisconnected: Rule = {
  id: "contact.disconnected",
  group: "A",
  short: "Number disconnected",
  statement: "No call or text to a number reported disconnected since the last consent or contact.",
  appliesTo: "voice, text",
  condition: "The number is reported disconnected: refuse. The contact is to be marked invalid.",
  citation:
    "47 CFR 64.1200(m); 84 FR 11226 (numbers rest at least 45 days before they are reassigned)",
  certainty: ["primary", "policy"],
  inputs: ["contact.disconnectionStatus"],
  decide(scene) {
    if (!isCallOrText(scene) || scene.contact.disconnectionStatus !== "disconnected")
      return undefined;
    return refuse(
      ofContact(scene, "disconnectionStatus"),
      `Contact ${scene.message.contactId} was disconnected: mark it invalid and use another number.`,
    );
  },
};

export const contactReassigned: Rule = {
  id: "contact.reassigned",
  group: "A",
  short: "Number may be reassigned",
  statement:
    "No call or text if the Reassigned Numbers Database says that the number was disconnected permanently after our consent or last contact.",
  appliesTo: "text; voice that is autodialed or prerecorded",
  condition:
    "Result yes: refuse. Result noData: hold. With limits.rndMaxAgeDays: hold when both the consent and the check are older. No check and no limit: silent.",
  citation:
    "84 FR 11226 (safe harbour where the database was wrong); 47 CFR 64.1200(m); comment 6(d)(5)-1",
  certainty: ["primary"],
  inputs: ["contact.rnd", "limits.rndMaxAgeDays", "contact.receiveTextMessagesLastConsentAt"],
  decide(scene) {
    const { contact, message } = scene;
    if (message.channel !== "text" && !isAutomatedCall(scene)) return undefined;
    const facts = ofContact(scene, "rnd");
    if (contact.rnd?.result === "yes")
      return refuse(
        facts,
        `Contact ${message.contactId} was reassigned to another person: mark it invalid and ask for a new number.`,
      );
    if (contact.rnd?.result === "noData")
      return hold(
        facts,
        `The Reassigned Numbers Database has no data on contact ${message.contactId}: confirm the number with the borrower.`,
      );
    return staleCheck(scene);
  },
};

/** True for a call that is autodialed or prerecorded, or a ringless voicemail. */
export function isAutomatedCall({ message }: Scene): boolean {
  const { channel, isAutodialed, isPrerecorded, isRinglessVoicemail } = message;
  return channel === "voice" && (isAutodialed || isPrerecorded || isRinglessVoicemail);
}

function staleCheck(scene: Scene): Decision | undefined {
  const { contact, facts, message } = scene;
  const { rndMaxAgeDays } = facts.lender.limits;
  if (rndMaxAgeDays === undefined) return undefined;
  const consentAt =
    message.channel === "text" ? contact.receiveTextMessagesLastConsentAt : consentToCallsAt(scene);
  if (isWithinDays(scene, consentAt, rndMaxAgeDays)) return undefined;
  if (isWithinDays(scene, contact.rnd?.checkedAt, rndMaxAgeDays)) return undefined;
  return hold(
    [...ofContact(scene, "rnd", "receiveTextMessagesLastConsentAt"), "lender.limits.rndMaxAgeDays"],
    `The consent and the last check of contact ${message.contactId} are older than ${rndMaxAgeDays} days: ask the Reassigned Numbers Database.`,
  );
}

function consentToCallsAt({ facts, at }: Scene): Instant | undefined {
  const { autodialedCalls } = facts.consents;
  return isGiven(autodialedCalls, at) ? autodialedCalls?.from : undefined;
}

export const partyLeaked: Rule = {
  id: "party.leaked",
  group: "A",
  short: "Read by a third person",
  statement:
    "Never again email or text an address that is reported to have led to disclosure to a third party.",
  appliesTo: "email and text in connection with collection under Regulation F",
  condition: "A report says that a third person reads the address: refuse.",
  citation: "12 CFR 1006.6(d)(3)(ii), comment 6(d)(3)(ii)-1",
  certainty: ["primary"],
  inputs: ["contact.leakedToThirdPartyAt"],
  decide(scene) {
    const { contact, message, classes } = scene;
    if (!classes.has("coll*") || contact.leakedToThirdPartyAt === undefined) return undefined;
    if (message.channel !== "email" && message.channel !== "text") return undefined;
    return refuse(
      ofContact(scene, "leakedToThirdPartyAt"),
      `A third person reads contact ${message.contactId}: use another address or a letter.`,
    );
  },
};

/** The consumer wrote from the address, or consented to it, and did not opt out: 12 CFR 1006.6(d)(4)(i). */
function isBorrowersChoice({
  usedByBorrowerAt,
  electronicConsentAt,
  optedOutAt,
}: GuardContact): boolean {
  return (
    optedOutAt === undefined &&
    (usedByBorrowerAt !== undefined || electronicConsentAt !== undefined)
  );
}

/** Any prior collector qualified and the last one used the address: 12 CFR 1006.6(d)(4)(iii). */
function isFromPriorCollector({ origin, optedOutAt }: GuardContact): boolean {
  const prior = origin?.from === "priorCollector" ? (origin.priorCollectors ?? []) : [];
  return (
    optedOutAt === undefined &&
    prior.some(({ qualified }) => qualified) &&
    prior.at(-1)?.used === true
  );
}

/** The creditor gave notice with time to opt out, which passed unused: 12 CFR 1006.6(d)(4)(ii). */
function isFromCreditor(scene: Scene): boolean {
  const { origin, optedOutAt, value = "" } = scene.contact;
  if (origin?.from !== "creditor" || optedOutAt !== undefined) return false;
  const { creditorNoticeSentAt: sent, creditorOptOutBy: end } = origin;
  if (sent === undefined || end === undefined) return false;
  const least = parameterOf(scene, "email.procedure", "atLeastDays")?.days ?? 0;
  const isPublic = PUBLIC_DOMAINS.has(value.slice(value.lastIndexOf("@") + 1).toLowerCase());
  return isPublic && end - sent >= least && isPast(scene, end);
}

const PUBLIC_DOMAINS: ReadonlySet<string> = new Set(mailDomains.domains);

const isPast = ({ days }: Scene, last: Day): boolean => days.every((day) => day > last);

/** The procedures are about addresses of the consumer, not of an attorney or an employer. */
const isConsumers = ({ affiliation }: GuardContact): boolean =>
  affiliation !== "attorney" && affiliation !== "employer";

const isEmailToConsumer = ({ message, classes, contact }: Scene): boolean =>
  message.channel === "email" && classes.has("coll*") && isConsumers(contact);

const isWorkAddress = ({ employerProvided, label }: GuardContact): boolean =>
  employerProvided || label === "work";

export const emailProcedure: Rule = {
  id: "email.procedure",
  group: "A",
  short: "Email address not qualified",
  statement:
    "A debt collector may use an email address that the consumer used with us or consented to; that the creditor used and gave a 35-day opt-out notice for; or that a prior collector had so, if the last one used it.",
  appliesTo: "email in connection with collection, by a debt collector",
  condition:
    "None of the procedures of 12 CFR 1006.6(d)(4) fits: hold. In New York: hold unless the consumer consented and it is no address at work.",
  citation: "12 CFR 1006.6(d)(3)-(4), 1006.22(g); 23 NYCRR 1.6",
  certainty: ["primary", "policy"],
  inputs: [
    "contact.value",
    "contact.usedByBorrowerAt",
    "contact.electronicConsentAt",
    "contact.optedOutAt",
    "contact.origin",
    "loans.collectorRole",
  ],
  channels: ["email"],
  decide(scene) {
    const { contact, message, byDebtCollector } = scene;
    if (!byDebtCollector || !isEmailToConsumer(scene)) return undefined;
    const facts = ofContact(scene, "usedByBorrowerAt", "electronicConsentAt", "origin");
    if (!isBorrowersChoice(contact) && !isFromCreditor(scene) && !isFromPriorCollector(contact))
      return hold(
        facts,
        `Contact ${message.contactId} fits none of the procedures for email addresses, so the safe harbour does not apply: send a letter, or ask for consent.`,
      );
    const needsConsent = lawOf(scene, "email.procedure", "consentNotWorkAddress").length > 0;
    const hasConsent = contact.electronicConsentAt !== undefined && !isWorkAddress(contact);
    return needsConsent && !hasConsent
      ? hold(facts, "State law wants the consumer's consent and no address at work: send a letter.")
      : undefined;
  },
};

export const textProcedure60: Rule = {
  id: "text.procedure60",
  group: "A",
  short: "Consent to text not fresh",
  statement:
    "A number may be texted if the consumer texted us from it or consented to texts, and within 60 days texted again, renewed the consent, or a database check shows no reassignment.",
  appliesTo:
    "text in connection with collection, by a debt collector or with switches.textProcedure60",
  condition:
    "Neither a text from the number nor a consent: hold. No text, consent or check with result no within 60 days: hold until the number is checked.",
  citation: "12 CFR 1006.6(d)(5), comment (d)(5)(i)-1 (a call from the number is not enough)",
  certainty: ["primary"],
  inputs: [
    "contact.receiveTextMessagesLastConsentAt",
    "contact.electronicConsentAt",
    "contact.rnd",
    "inbound",
    "switches.textProcedure60",
  ],
  channels: ["text"],
  decide(scene) {
    if (!isUnderTextProcedure(scene)) return undefined;
    const days = parameterOf(scene, "text.procedure60", "withinDays")?.days;
    if (days === undefined) return undefined;
    const given = permissionsToText(scene);
    const { rnd } = scene.contact;
    const checkedAt = rnd?.result === "no" ? [rnd.checkedAt] : [];
    const isFresh = [...given, ...checkedAt].some((instant) => isWithinDays(scene, instant, days));
    if (given.length > 0 && isFresh) return undefined;
    return hold(
      [...ofContact(scene, "receiveTextMessagesLastConsentAt", "rnd"), "inbound"],
      `Contact ${scene.message.contactId} has no text, consent or check of the last ${days} days: ask the Reassigned Numbers Database, or renew the consent.`,
    );
  },
};

function isUnderTextProcedure({ message, classes, byDebtCollector, facts }: Scene): boolean {
  const isBound = byDebtCollector || facts.lender.switches.textProcedure60;
  return message.channel === "text" && isBound && isCollection(classes);
}

function permissionsToText({ facts, contact, message }: Scene): Instant[] {
  const texts = facts.inbound.filter(
    ({ channel, contactId }) => channel === "text" && contactId === message.contactId,
  );
  const { receiveTextMessagesLastConsentAt, electronicConsentAt } = contact;
  return [
    ...texts.map(({ receivedAt }) => receivedAt),
    ...[receiveTextMessagesLastConsentAt, electronicConsentAt].filter(
      (instant) => instant !== undefined,
    ),
  ];
}

export const emailWork: Rule = {
  id: "email.work",
  group: "A",
  short: "Email address at work",
  statement:
    "Do not email an address known to be provided by the employer, unless the consumer used it with us or consented to it, or a prior collector qualified.",
  appliesTo: "email in connection with collection under Regulation F",
  condition:
    "The address is labelled work or known to be the employer's, and neither 12 CFR 1006.6(d)(4)(i) nor (iii) fits: refuse.",
  citation:
    "12 CFR 1006.22(f)(3) and comments: no duty to review addresses by hand; a domain that is not public matters for (d)(4)(ii) only",
  certainty: ["primary"],
  inputs: [
    "contact.employerProvided",
    "contact.label",
    "contact.usedByBorrowerAt",
    "contact.electronicConsentAt",
    "contact.origin",
  ],
  decide(scene) {
    const { contact, message } = scene;
    if (!isEmailToConsumer(scene) || !isWorkAddress(contact)) return undefined;
    if (isBorrowersChoice(contact) || isFromPriorCollector(contact)) return undefined;
    return refuse(
      ofContact(scene, "employerProvided", "label", "usedByBorrowerAt", "electronicConsentAt"),
      `Contact ${message.contactId} is an address at work that the borrower never chose: use another address or a letter.`,
    );
  },
};
