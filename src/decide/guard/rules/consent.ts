import { isGiven, isWithdrawn } from "../scene/consents.ts";
import { waitForDays } from "../scene/counts.ts";
import { isFirstAnswer } from "../scene/history.ts";
import { isWritten, replyOf } from "../scene/inbound.ts";
import type { Scene } from "../scene/scene.ts";
import { isAutomatedCall } from "./addresses.ts";
import { isElectronic } from "./frequency.ts";
import { type Decision, hold, ofContact, ofLoans, refuse, type Rule, waitUntil } from "./rule.ts";

export const tcpaConsent: Rule = {
  id: "tcpa.consent",
  group: "D",
  short: "No consent to texts or automated calls",
  statement:
    "Autodialed and prerecorded calls to mobiles need prior express consent, and marketing needs it in writing. A text always needs permission.",
  appliesTo: "text; voice that is autodialed or prerecorded",
  condition:
    "A text without receiveTextMessages: refuse. An automated call to a line that is not known to be a landline, without consent to such calls: refuse. Marketing by text, by an automated call to such a line or by a prerecorded call, without written consent: refuse.",
  citation:
    "47 USC 227(b)(1)(A)(iii); 47 CFR 64.1200(a)(1)-(3), (f)(9). Stricter for texts than the law after Facebook v. Duguid",
  certainty: ["secondary", "policy"],
  inputs: [
    "contact.receiveTextMessages",
    "contact.lineType",
    "message.isAutodialed",
    "message.isPrerecorded",
    "consents.autodialedCalls",
    "contact.writtenMarketingConsentAt",
  ],
  decide(scene) {
    const { contact, message, classes } = scene;
    const isText = message.channel === "text";
    if (isText && !contact.receiveTextMessages)
      return refuse(
        ofContact(scene, "receiveTextMessages"),
        `There is no permission to text contact ${message.contactId}: ask for it, or use another channel.`,
      );
    if (classes.has("mkt")) return marketingConsent(scene);
    if (!isCallToMobile(scene) || isGiven(scene.facts.consents.autodialedCalls, scene.at))
      return undefined;
    return refuse(
      ["consents.autodialedCalls", ...ofContact(scene, "lineType")],
      `There is no consent to automated calls to contact ${message.contactId}: dial by hand, or ask for consent.`,
    );
  },
};

/** A line that is not known to be a landline may be a mobile. */
const isCallToMobile = (scene: Scene): boolean =>
  isAutomatedCall(scene) && scene.contact.lineType !== "landline";

function marketingConsent(scene: Scene): Decision | undefined {
  const { contact, message } = scene;
  const isPrerecorded =
    message.channel === "voice" && (message.isPrerecorded || message.isRinglessVoicemail);
  const isCovered = message.channel === "text" || isPrerecorded || isCallToMobile(scene);
  if (!isCovered || contact.writtenMarketingConsentAt !== undefined) return undefined;
  return refuse(
    ofContact(scene, "writtenMarketingConsentAt"),
    `There is no written consent to marketing at contact ${message.contactId}: do not send it.`,
  );
}

export const mediumRefused: Rule = {
  id: "medium.refused",
  group: "D",
  short: "Medium refused",
  statement:
    'After "stop calling" or "do not mail me" the whole medium is closed, or the one number. Left open: one answer through the medium the borrower used, and what the law requires through it.',
  appliesTo: "every message",
  condition:
    "The medium, or the contact in it, was refused in the preferences or by an inbound message: refuse. The borrower said on the telephone not to be contacted: refuse voice, hold every other medium. Not where the message is the first answer to an inbound message of the same channel, or the law requires it through this channel.",
  citation: "12 CFR 1006.14(h) and comments",
  certainty: ["primary"],
  inputs: [
    "preferences.mediumRefusals",
    "inbound",
    "message.replyToInboundId",
    "message.requiredMedium",
    "history",
  ],
  decide: (scene) => (isMediumOpened(scene) ? undefined : refusedMedium(scene)),
  opens: (scene) => isMediumOpened(scene) && refusedMedium(scene) !== undefined,
};

function isMediumOpened({ facts, message }: Scene): boolean {
  return message.requiredMedium === message.channel || isFirstAnswer(facts);
}

function refusedMedium({ facts, message }: Scene): Decision | undefined {
  const long = `The borrower refused ${message.channel}: use another channel.`;
  const refusal = facts.preferences.mediumRefusals.find(
    ({ medium, contactId }) =>
      medium === message.channel && (contactId === undefined || contactId === message.contactId),
  );
  if (refusal !== undefined) return refuse(["preferences.mediumRefusals"], long);
  for (const item of facts.inbound) {
    const { readings } = replyOf(item);
    const isSpokenRefusal = readings.includes("refuseAll") && !isWritten(item);
    if (message.channel === "voice" && (readings.includes("refuseVoice") || isSpokenRefusal))
      return refuse([`inbound.${item.id}`], long);
    if (isSpokenRefusal)
      return hold(
        [`inbound.${item.id}`],
        "The borrower said not to be contacted: ask which media are meant.",
      );
  }
  return undefined;
}

export const prefProduct: Rule = {
  id: "pref.product",
  group: "D",
  short: "Preference of the borrower",
  statement:
    "Do-not-interact entries, the consent to electronic communication, and the wish not to be reminded while current are kept.",
  appliesTo: "every message",
  condition:
    "A do-not-interact entry for the channel and theme without an end: refuse; with one: wait to the day after it. All themes leave out opsAccountCredentials. Electronic communication withdrawn: refuse electronic channels. No reminders while current, and no loan past due: refuse a reminder.",
  citation: "product",
  certainty: ["policy"],
  inputs: [
    "preferences.doNotInteract",
    "preferences.sendRemindersWhenCurrent",
    "consents.electronicComms",
    "message.kind",
    "loans.daysPastDue",
  ],
  decide: (scene) => notReminded(scene) ?? notElectronic(scene) ?? notInteracting(scene),
};

function notReminded(scene: Scene): Decision | undefined {
  const { facts, message, loans } = scene;
  const isCurrent = loans.every(({ daysPastDue }) => daysPastDue === 0);
  if (facts.preferences.sendRemindersWhenCurrent || message.kind !== "reminder" || !isCurrent)
    return undefined;
  return refuse(
    ["preferences.sendRemindersWhenCurrent", ...ofLoans(scene, "daysPastDue")],
    "The borrower wants no reminders while current: do not send it.",
  );
}

function notElectronic({ facts, message, at }: Scene): Decision | undefined {
  const isOff = isWithdrawn(facts.consents.electronicComms, at);
  if (!isOff || !isElectronic(message.channel)) return undefined;
  return refuse(
    ["consents.electronicComms"],
    "The borrower withdrew the consent to electronic communication: send a letter or call.",
  );
}

function notInteracting(scene: Scene): Decision | undefined {
  const { facts, message, days } = scene;
  const entries = facts.preferences.doNotInteract.filter(
    ({ channels, themes, endDate = Number.POSITIVE_INFINITY }) =>
      (channels as readonly string[]).some((one) => one === "all" || one === message.channel) &&
      themes.some((one) => isThemeOf(one, message.theme)) &&
      days.some((day) => day <= endDate),
  );
  if (entries.length === 0) return undefined;
  const reference = ["preferences.doNotInteract"];
  const last = Math.max(...entries.map(({ endDate = Number.POSITIVE_INFINITY }) => endDate));
  if (!Number.isFinite(last))
    return refuse(reference, "A do-not-interact entry without an end stands: do not send it.");
  return waitUntil(
    waitForDays(
      scene,
      days.map(() => last + 1),
    ),
    scene,
    reference,
    "A do-not-interact entry stands: it is judged again on the day after its end.",
  );
}

function isThemeOf(listed: string, theme: string | null): boolean {
  return listed === "all" ? theme !== "opsAccountCredentials" : listed === theme;
}
