import { lawOf, type Scene } from "../scene/scene.ts";
import { type Decision, ofContact, refuse, type Rule } from "./rule.ts";
import { waitForHours } from "./time.ts";

export const mktEmail: Rule = {
  id: "mkt.email",
  group: "D",
  short: "Unsubscribed from marketing",
  statement: "Commercial email never goes to recipients who opted out.",
  appliesTo: "marketing email",
  condition: "The contact opted out of marketing: refuse at once, without the ten business days.",
  citation: "15 USC 7704(a)(3)-(4); 16 CFR 316.5; Gmail and Yahoo want 48 hours",
  certainty: ["secondary", "primary"],
  inputs: ["contact.marketingOptedOutAt"],
  channels: ["email"],
  decide(scene) {
    const { message, classes } = scene;
    return message.channel === "email" && classes.has("mkt") ? unsubscribed(scene) : undefined;
  },
};

function unsubscribed(scene: Scene): Decision | undefined {
  const { contact, message } = scene;
  if (contact.marketingOptedOutAt === undefined) return undefined;
  return refuse(
    ofContact(scene, "marketingOptedOutAt"),
    `Contact ${message.contactId} opted out of marketing: do not send it.`,
  );
}

export const mktPhone: Rule = {
  id: "mkt.phone",
  group: "D",
  short: "Solicitation",
  statement:
    "Solicitation keeps to the national do-not-call list, to our own list, and to the hours from 8:00 to 21:00. A text is treated as a call.",
  appliesTo: "marketing by voice and text",
  condition:
    "The contact opted out of marketing: refuse. It is on the national list without written consent or an established business relationship: refuse. State law wants written consent and there is none: refuse. Outside the hours: wait.",
  citation:
    "47 CFR 64.1200(c)-(d), (f)(15). The circuits differ on whether a text is a call under 47 USC 227(c)(5)",
  certainty: ["secondary"],
  inputs: [
    "contact.onNationalDncList",
    "contact.writtenMarketingConsentAt",
    "contact.marketingOptedOutAt",
    "borrower.establishedBusinessRelationship",
  ],
  channels: ["voice", "text"],
  decide(scene) {
    const { message, classes } = scene;
    const isCall = message.channel === "voice" || message.channel === "text";
    if (!isCall || !classes.has("mkt")) return undefined;
    return unsubscribed(scene) ?? listed(scene) ?? waitForHours(scene, "mkt.phone");
  },
};

function listed(scene: Scene): Decision | undefined {
  const { contact, facts, message } = scene;
  if (contact.writtenMarketingConsentAt !== undefined) return undefined;
  const isKnown = facts.borrower.establishedBusinessRelationship;
  if (contact.onNationalDncList && !isKnown)
    return refuse(
      [...ofContact(scene, "onNationalDncList"), "borrower.establishedBusinessRelationship"],
      `Contact ${message.contactId} is on the national do-not-call list: do not solicit it.`,
    );
  if (lawOf(scene, "mkt.phone", "writtenConsent").length === 0) return undefined;
  return refuse(
    ofContact(scene, "writtenMarketingConsentAt"),
    "State law wants written consent to solicitation: ask for it first.",
  );
}

export const smsThirdpartydebt: Rule = {
  id: "sms.thirdpartydebt",
  group: "D",
  short: "No texts for third-party collection",
  statement:
    "Carriers and the text provider forbid third-party debt collection by text, and debt relief and payday lending with it.",
  appliesTo: "text by a debt collector",
  condition: "We collect one of the loans for another: refuse.",
  citation: "Twilio errors 30863 and 30943, forbidden categories",
  certainty: ["primary"],
  inputs: ["loans.collectorRole", "message.channel"],
  decide({ message, byDebtCollector }) {
    if (message.channel !== "text" || !byDebtCollector) return undefined;
    return refuse(
      message.loanIds.map((id) => `loans.${id}.collectorRole`),
      "Texts for third-party collection are forbidden: plan email, voice or mail.",
    );
  },
};
