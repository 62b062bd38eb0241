import type { Facts, GuardContact } from "../../../domain/guard/facts.ts";
import type { RedirectTarget } from "../../../domain/guard/verdict.ts";
import type { Channel } from "../../../domain/vocabulary.ts";
import { caseFact, hasEffect } from "../scene/cases.ts";
import { isGiven } from "../scene/consents.ts";
import { classOfTheme } from "../scene/content-class.ts";
import {
  answeredInbound,
  isUnanswered,
  type PastContact,
  SPOKEN,
  wasMade,
} from "../scene/history.ts";
import { isOlderThanDays } from "../scene/local-days.ts";
import { lawOf, type Scene } from "../scene/scene.ts";
import {
  collects,
  type Decision,
  hold,
  ofContact,
  redirect,
  refuse,
  require,
  type Rule,
} from "./rule.ts";

export const partyThirdparty: Rule = {
  id: "party.thirdparty",
  group: "A",
  short: "Third person",
  statement:
    "Communicate about the debt only with the consumer and the consumer's attorney. The consumer includes the spouse, a guardian, the parent of a minor, and an executor or administrator.",
  appliesTo:
    "collection under Regulation F; servicing messages and notices that reveal the debt. Location and employer messages have separate rules.",
  condition:
    "The contact is another person than these, without direct consent of the borrower or a power of attorney: refuse. So is collection, a location message or a notice to a contact labelled military, whether Regulation F applies or not. The spouse in the District of Columbia: hold.",
  citation: "12 CFR 1006.6(a), (d)(1)-(2); D.C. Code 28-3814(e); 50 USC 3919",
  certainty: ["primary"],
  inputs: [
    "contact.affiliation",
    "contact.label",
    "contact.authorizedThirdParty",
    "contact.powerOfAttorney",
    "borrower.isMinor",
    "rendered.mentionsDebt",
    "contacts.address.state",
  ],
  decide(scene) {
    const facts = ofContact(scene, "affiliation", "authorizedThirdParty", "powerOfAttorney");
    const isAboutDebt = isCollectingFromPerson(scene);
    if (scene.contact.label === "military" && isToStayFromUnit(scene))
      return refuse(
        ofContact(scene, "label"),
        "The contact is at a military unit: never contact the chain of command.",
      );
    if (isAllowedPerson(scene)) return undefined;
    if (scene.contact.affiliation === "spouse") return spouseInState(scene, facts);
    const long = `Contact ${scene.message.contactId} is a third person: do not reveal the debt without direct consent of the borrower.`;
    if (isAboutDebt) return refuse(facts, long);
    const { classes } = scene;
    const mayReveal = classes.has("coll") || classes.has("serv") || classes.has("notice");
    return mayReveal
      ? require(scene, { "no-debt-mention": ({ mentionsDebt }) => !mentionsDebt }, long)
      : undefined;
  },
};

/** Nothing goes to the chain of command, whether Regulation F applies or not. */
const isToStayFromUnit = (scene: Scene): boolean => collects(scene) || scene.classes.has("notice");

/** Location and employer messages go to third persons by design. */
function isCollectingFromPerson({ classes }: Scene): boolean {
  return classes.has("coll*") && (classes.has("coll") || classes.has("noticeByCollector"));
}

/** True for everyone who counts as the consumer or acts for the consumer, except the spouse. */
function isAllowedPerson({ contact, facts }: Scene): boolean {
  if (contact.authorizedThirdParty || contact.powerOfAttorney) return true;
  switch (contact.affiliation) {
    case "self":
    case "guardian":
    case "executor":
    case "attorney":
      return true;
    case "parent":
      return facts.borrower.isMinor;
    case "spouse":
    case "employer":
    case "sibling":
    case "other":
      return false;
  }
}

function spouseInState(scene: Scene, facts: readonly string[]): Decision | undefined {
  if (lawOf(scene, "party.thirdparty", "spouse").length === 0) return undefined;
  return hold(
    [...facts, "contacts.address.state"],
    "The law at the borrower's home is stricter on the spouse: a person decides.",
  );
}

export const placeWork: Rule = {
  id: "place.work",
  group: "A",
  short: "At work",
  statement: "No contact at work if we know or should know that the employer forbids it.",
  appliesTo:
    "voice, fax and mail to the borrower at work, in connection with collection under Regulation F; messages to an employer where state law asks for permission",
  condition:
    "The borrower does not want contact at work, or the contact is the employer in a state that asks for permission, and there is no consent to contact at work: refuse.",
  citation:
    "12 CFR 1006.6(b)(3)-(4); 940 CMR 7.04 (an oral request lasts 10 days unless confirmed in writing); Fla. Stat. 559.72",
  certainty: ["primary", "secondary"],
  inputs: ["contact.label", "preferences.inconvenientPlaces", "consents.contactPersonWork"],
  decide(scene) {
    const { contact, facts, at } = scene;
    if (isGiven(facts.consents.contactPersonWork, at)) return undefined;
    const needsPermission =
      contact.affiliation === "employer" &&
      lawOf(scene, "place.work", "employerNeedsPermission").length > 0;
    if (needsPermission)
      return refuse(
        [...ofContact(scene, "affiliation"), "consents.contactPersonWork"],
        "State law asks for the borrower's permission before an employer is contacted: obtain it first.",
      );
    if (!isAtUnwantedWork(scene)) return undefined;
    return refuse(
      [...ofContact(scene, "label"), "preferences.inconvenientPlaces"],
      `Contact ${scene.message.contactId} is at work, where the borrower does not want contact: use another contact.`,
    );
  },
};

const WORK_CHANNELS: ReadonlySet<Channel> = new Set(["voice", "fax", "mail"]);

function isAtUnwantedWork({ contact, message, classes, facts }: Scene): boolean {
  return (
    classes.has("coll*") &&
    WORK_CHANNELS.has(message.channel) &&
    contact.label === "work" &&
    contact.affiliation === "self" &&
    facts.preferences.inconvenientPlaces.includes("work")
  );
}

export const placeInconvenient: Rule = {
  id: "place.inconvenient",
  group: "A",
  short: "At home",
  statement:
    "Where the home was called inconvenient: no mail to the home address and no calls to the home landline. Mobile and email stay allowed.",
  appliesTo: "mail and voice to a home line, in connection with collection under Regulation F",
  condition:
    "The borrower does not want contact at home, and the contact is the borrower's home address or home line: refuse.",
  citation: "12 CFR 1006.6(b)(1)(ii), comments 6(b)(1)-1.iii, (ii)-1",
  certainty: ["primary"],
  inputs: ["preferences.inconvenientPlaces", "contact.label", "contact.lineType"],
  decide(scene) {
    const { contact, classes, facts } = scene;
    const isUnwanted = facts.preferences.inconvenientPlaces.includes("home");
    if (!classes.has("coll*") || !isUnwanted || contact.affiliation !== "self") return undefined;
    if (!isHomeAddress(scene) && !isHomeLine(scene)) return undefined;
    return refuse(
      [...ofContact(scene, "label", "lineType"), "preferences.inconvenientPlaces"],
      `Contact ${scene.message.contactId} is at home, where the borrower does not want contact: use a mobile number or email.`,
    );
  },
};

const isHomeAddress = ({ message, contact }: Scene): boolean =>
  message.channel === "mail" && (contact.label === "home" || contact.label === "personal");

/** A line at home that is not known to be a mobile counts as a home line. */
function isHomeLine({ message, contact: { label, lineType } }: Scene): boolean {
  if (message.channel !== "voice" || lineType === "mobile") return false;
  return label === "home" || (label === "personal" && lineType === "landline");
}

export const partyAttorney: Rule = {
  id: "party.attorney",
  group: "A",
  short: "Represented by an attorney",
  statement:
    "Where the borrower is represented about the debt, communicate with the attorney only, unless the attorney does not answer in reasonable time, consents, or the borrower writes first.",
  appliesTo: "collection under Regulation F; servicing messages that ask for payment",
  condition:
    "An attorney is known, and the contact is not the attorney: redirect to the attorney. Not where the attorney or the borrower consented, the attorney has been silent for more than limits.attorneySilentDays, or the message is the first answer to the borrower.",
  citation: "12 CFR 1006.6(b)(2), (4), comment 6(b)(2)-1; D.C. Code 28-3814(g)(5)",
  certainty: ["primary", "secondary"],
  inputs: [
    "borrower.attorney",
    "consents.contactPersonRepByAttorney",
    "message.replyToInboundId",
    "history",
    "limits.attorneySilentDays",
  ],
  decide(scene) {
    const { classes, message } = scene;
    const asksInServicing = classes.has("serv") && message.asksForMoney;
    if (!classes.has("coll*") && !asksInServicing) return undefined;
    return toAttorney(scene);
  },
};

/** Redirects to the attorney of a represented borrower; undefined if direct contact is allowed. */
export function toAttorney(scene: Scene): Decision | undefined {
  const { facts, message, contact } = scene;
  const { attorney } = facts.borrower;
  if (attorney === undefined || contact.affiliation === "attorney") return undefined;
  if (message.contactId === attorney.contactId || isDirectContactAllowed(scene)) return undefined;
  const named = attorney.contactId === undefined ? "" : ` ${attorney.contactId}`;
  return redirect(
    targetOf("attorney", attorney.contactId, scene),
    ["borrower.attorney", "consents.contactPersonRepByAttorney", "history"],
    `The borrower is represented: send it to the attorney${named}.`,
  );
}

function isDirectContactAllowed(scene: Scene): boolean {
  const { facts, at } = scene;
  const { consentedAt, unresponsiveSince } = facts.borrower.attorney ?? {};
  if (consentedAt !== undefined) return true;
  if (isGiven(facts.consents.contactPersonRepByAttorney, at)) return true;
  const { attorneySilentDays } = facts.lender.limits;
  if (
    unresponsiveSince !== undefined &&
    isOlderThanDays(scene, unresponsiveSince, attorneySilentDays)
  )
    return true;
  const asked = answeredInbound(facts);
  return asked !== undefined && isUnanswered(facts, asked);
}

const CHANNEL_OF: Readonly<Record<GuardContact["contactType"], Channel>> = {
  phone: "voice",
  email: "email",
  address: "mail",
};

/** Returns another contact and a channel that reaches it. */
function targetOf(
  party: "attorney" | "estate",
  contactId: string | undefined,
  { facts }: Scene,
): RedirectTarget {
  const contact = contactId === undefined ? undefined : facts.contacts[contactId];
  return {
    party,
    ...(contact !== undefined && { channel: CHANNEL_OF[contact.contactType] }),
    ...(contactId !== undefined && { contactId }),
  };
}

export const partyDeceased: Rule = {
  id: "party.deceased",
  group: "A",
  short: "Borrower deceased",
  statement:
    "After the borrower's death nothing goes to the borrower. Communicate with the spouse or the executor, administrator or personal representative. To find that person a location message is allowed.",
  appliesTo: "every message to the borrower but location messages",
  condition:
    "The borrower is dead and the contact is the borrower's own: redirect to an executor who is known, otherwise refuse.",
  citation:
    "12 CFR 1006.6(a)(1), (4); comments 10(b)(2)-1, 34(a)(1)-1, 38-3; D.C. Code 28-3814(g)(6)",
  certainty: ["primary"],
  inputs: ["cases (deceased)", "contact.affiliation", "contacts"],
  decide(scene) {
    const dead = scene.facts.cases.find((one) => one.caseType === "deceased" && hasEffect(one));
    const { contact, classes } = scene;
    if (dead === undefined || contact.affiliation !== "self" || classes.has("locate"))
      return undefined;
    const facts = [caseFact(dead), ...ofContact(scene, "affiliation")];
    const estate = estateContact(scene.facts);
    if (estate === undefined)
      return refuse(
        facts,
        "The borrower is dead and no estate contact is known: look for the person handling the estate.",
      );
    return redirect(
      targetOf("estate", estate, scene),
      facts,
      `The borrower is dead: send it to the estate contact ${estate}.`,
    );
  },
};

function estateContact({ contacts }: Facts): string | undefined {
  return Object.entries(contacts).find(
    ([, { affiliation, valid, status }]) =>
      affiliation === "executor" && valid && status !== "archived",
  )?.[0];
}

const isLocation = ({ classes }: Scene): boolean =>
  classes.has("locate") || classes.has("employer");

export const locateContent: Rule = {
  id: "locate.content",
  group: "A",
  short: "Location message reveals the debt",
  statement:
    "A location message identifies the caller by name and the employer only if asked, never mentions the debt, is no postcard, and shows nothing on the envelope.",
  appliesTo: "location and employer themes",
  condition:
    "Requires no-debt-mention. The debt is mentioned, it is a postcard, or the envelope of a letter is not plain: refuse.",
  citation: "12 CFR 1006.10(b)",
  certainty: ["primary"],
  inputs: [
    "message.theme",
    "rendered.mentionsDebt",
    "rendered.mailProduct",
    "rendered.plainEnvelope",
  ],
  decide(scene) {
    if (!isLocation(scene)) return undefined;
    const isMail = scene.message.channel === "mail";
    return require(scene, {
      "no-debt-mention": ({ mentionsDebt, mailProduct, plainEnvelope }) =>
        !mentionsDebt && (!isMail || (mailProduct === "letter" && plainEnvelope)),
    }, "A message to a third person must not show that there is a debt, in its text or on its envelope: use the template for location information.");
  },
};

export const locateOnce: Rule = {
  id: "locate.once",
  group: "A",
  short: "Third person contacted before",
  statement:
    "Do not communicate more than once with the same third person for location information, unless asked to.",
  appliesTo: "location messages to a third person",
  condition:
    "The contact was spoken to, left a message with, or written to, with a location theme before: refuse. Not where the message is the first answer to that person.",
  citation: "12 CFR 1006.10(c), comment 14(b)(2)(i)-1.iii",
  certainty: ["primary"],
  inputs: ["history", "message.replyToInboundId"],
  decide(scene) {
    const { contact, message, classes, past } = scene;
    if (!classes.has("locate") || contact.affiliation === "self" || isAsked(scene))
      return undefined;
    const earlier = past.find((one) => one.item.contactId === message.contactId && wasLocated(one));
    if (earlier === undefined) return undefined;
    return refuse(
      [earlier.fact],
      `Contact ${message.contactId} was asked for location information before: ask another person.`,
    );
  },
};

/** True if the third person asked, and has no answer yet. */
function isAsked({ facts, message }: Scene): boolean {
  const asked = answeredInbound(facts);
  return asked?.contactId === message.contactId && isUnanswered(facts, asked);
}

/** Details of calls in which a third person learned what is asked for. */
const REACHED: ReadonlySet<string> = new Set([...SPOKEN, "voiceLeftMessageWithThirdParty"]);

/** A planned message has not asked anyone yet. */
function wasLocated({ item }: PastContact): boolean {
  if (item.theme === undefined || classOfTheme(item.theme) !== "locate") return false;
  if (!wasMade(item) || item.status === "scheduled") return false;
  return item.channel !== "voice" || REACHED.has(item.statusDetails ?? "");
}
