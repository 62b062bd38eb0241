import type { Requirement } from "../../../domain/guard/verdict.ts";
import { parameterOf, type Scene } from "../scene/scene.ts";
import {
  type Decision,
  hold,
  ofContact,
  ofLoans,
  refuse,
  require,
  type Rule,
  type Satisfied,
} from "./rule.ts";

const hasOptOut: Satisfied = ({ optOutMethods }) =>
  optOutMethods.some((method) => method === "replyStop" || method === "link");

export const contentOptoutnotice: Rule = {
  id: "content.optoutnotice",
  group: "E",
  short: "Opt-out line missing",
  statement:
    "Every electronic collection message has a clear and simple way to opt out of that address: without a fee, and without more than the preference and the address. Reply stop or a link will do, a call or a letter will not.",
  appliesTo: "email, text and chat in connection with collection under Regulation F",
  condition: "Requires opt-out-notice: optOutMethods holds replyStop or link.",
  citation: "12 CFR 1006.6(e) and comment, comment (d)(4)(ii)(C)(4)-1; D.C. and NYC rules",
  certainty: ["primary", "secondary"],
  inputs: ["rendered.optOutMethods"],
  decide(scene) {
    const { message, classes } = scene;
    const isElectronic =
      message.channel === "email" || message.channel === "text" || message.channel === "chat";
    if (!isElectronic || !classes.has("coll*")) return undefined;
    return require(scene, {
      "opt-out-notice": hasOptOut,
    }, "The message has no simple way to opt out: add reply STOP or a link.");
  },
};

export const contentMinimiranda: Rule = {
  id: "content.minimiranda",
  group: "E",
  short: "Collector statement",
  statement:
    "The first communication of a debt collector says that it attempts to collect a debt and that information will be used for that purpose; later ones say that they are from a debt collector.",
  appliesTo:
    "collection by a debt collector, but for location messages and limited-content voicemail; a creditor who says it",
  condition:
    "Requires mini-miranda-initial while a loan has no first communication, mini-miranda-subsequent afterwards (the initial statement satisfies it). A creditor whose message says so: hold.",
  citation: "12 CFR 1006.18(e) and comments, 18(e)-1",
  certainty: ["primary"],
  inputs: ["loans.collectorRole", "loans.initialCommunicationAt", "rendered.miniMiranda"],
  decide(scene) {
    if (!scene.byDebtCollector) return falseCollector(scene);
    const { classes, loans } = scene;
    const isAboutDebt = classes.has("coll") || classes.has("noticeByCollector");
    if (!isAboutDebt || isLimitedContent(scene)) return undefined;
    const isFirst = loans.some(
      ({ initialCommunicationAt }) => initialCommunicationAt === undefined,
    );
    const token: Requirement = isFirst ? "mini-miranda-initial" : "mini-miranda-subsequent";
    const says: Satisfied = ({ miniMiranda }) =>
      miniMiranda === "initial" || (!isFirst && miniMiranda === "subsequent");
    return require(scene, {
      [token]: says,
    }, `The ${isFirst ? "initial" : "subsequent"} statement of a debt collector is missing: add it, in every language used.`);
  },
};

function falseCollector(scene: Scene): Decision | undefined {
  const { rendered } = scene.facts;
  if (rendered === undefined || rendered.miniMiranda === "none") return undefined;
  return hold(
    ["rendered.miniMiranda", ...ofLoans(scene, "collectorRole")],
    "A creditor's message says that it is from a debt collector: take it out.",
  );
}

/** A ringless voicemail always reaches a machine. */
const reachesMachine = ({ message }: Scene): boolean =>
  message.channel === "voice" && (message.answeredBy === "machine" || message.isRinglessVoicemail);

const isLimitedContent = (scene: Scene): boolean =>
  reachesMachine(scene) && scene.facts.rendered?.voicemail === "limitedContent";

export const contentValidation: Rule = {
  id: "content.validation",
  group: "E",
  short: "Validation information",
  statement:
    "Validation information is in the initial communication or follows within 5 days. Its itemization counts from one reference date and leaves no field blank.",
  appliesTo: "theme opsLoanValidationOfDebtNotice",
  condition:
    "Requires validation-model: model form B-1 with every itemization field filled. The days since the initial communication are not judged.",
  citation: "12 CFR 1006.34(a)-(d), comments (b)(3)-1, (c)(2)(viii)-1",
  certainty: ["primary"],
  inputs: [
    "message.theme",
    "loans.initialCommunicationAt",
    "rendered.modelForm",
    "rendered.itemizationMissing",
  ],
  decide(scene) {
    if (scene.message.theme !== "opsLoanValidationOfDebtNotice") return undefined;
    return require(scene, {
      "validation-model": ({ modelForm, itemizationMissing }) =>
        modelForm === "validationB1" && itemizationMissing.length === 0,
    }, "The validation notice needs model form B-1 with every field of the itemization: write 0 or none, never leave one blank.");
  },
};

export const contentValidationdates: Rule = {
  id: "content.validationdates",
  group: "E",
  short: "Validation dates",
  statement:
    "The validation period ends 30 days after the assumed receipt, which is 5 business days of the calendar regF after sending. A notice sent again starts it again.",
  appliesTo: "two dates for the validation notice, not a message",
  condition: "Assumed receipt: 5 business days after sending. End: 30 calendar days after that.",
  citation: "12 CFR 1006.34(b)(5) and comments",
  certainty: ["primary"],
  inputs: ["day of sending"],
};

export const contentOvershadow: Rule = {
  id: "content.overshadow",
  group: "E",
  short: "Overshadows the right to dispute",
  statement:
    "Within the validation period nothing overshadows the right to dispute, such as an urgent demand.",
  appliesTo: "collection within the validation period",
  condition: "The message makes an urgent demand before the period of a loan is over: hold.",
  citation: "12 CFR 1006.38(b)",
  certainty: ["primary"],
  inputs: ["loans.validationPeriodEndsOn", "rendered.urgentDemand"],
  decide(scene) {
    const { classes, loans, days, facts } = scene;
    const isRunning = loans.some(
      ({ validationPeriodEndsOn: end }) => end !== undefined && days.some((day) => day <= end),
    );
    const isCollecting = classes.has("coll") || classes.has("noticeByCollector");
    if (!isCollecting || !isRunning || facts.rendered?.urgentDemand !== true) return undefined;
    return hold(
      ["rendered.urgentDemand", ...ofLoans(scene, "validationPeriodEndsOn")],
      "The message makes an urgent demand within the validation period: take it out, or wait for its end.",
    );
  },
};

export const voiceVoicemail: Rule = {
  id: "voice.voicemail",
  group: "E",
  short: "Voicemail",
  statement:
    "On a machine, leave only a limited-content message or nothing, and nothing at a number known to be someone else's.",
  appliesTo: "voice in collection under Regulation F that reached a machine; ringless voicemail",
  condition:
    "Requires limited-content: the voicemail is limited content or there is none. The number is known to be another person's and something would be left: refuse.",
  citation: "12 CFR 1006.2(j) and comments",
  certainty: ["primary"],
  inputs: ["message.answeredBy", "rendered.voicemail", "contact.wrongPartySince"],
  decide(scene) {
    const { classes, contact, facts } = scene;
    if (!classes.has("coll*") || !reachesMachine(scene)) return undefined;
    const isLeft = facts.rendered?.voicemail !== undefined;
    if (isLeft && contact.wrongPartySince !== undefined)
      return refuse(
        ofContact(scene, "wrongPartySince"),
        "The number is known to be another person's: leave no message.",
      );
    return require(scene, {
      "limited-content": ({ voicemail }) => voicemail !== "other",
    }, "A machine answered: leave a limited-content message or nothing.");
  },
};

export const mailEnvelope: Rule = {
  id: "mail.envelope",
  group: "E",
  short: "Envelope",
  statement:
    "No postcard, and nothing on the envelope but the address and a neutral business name.",
  appliesTo: "mail in connection with collection under Regulation F",
  condition: "Requires plain-envelope: a letter in a plain envelope.",
  citation: "12 CFR 1006.22(f)(1)-(2)",
  certainty: ["primary"],
  inputs: ["rendered.mailProduct", "rendered.plainEnvelope"],
  decide(scene) {
    if (scene.message.channel !== "mail" || !scene.classes.has("coll*")) return undefined;
    return require(scene, {
      "plain-envelope": ({ mailProduct, plainEnvelope }) =>
        mailProduct === "letter" && plainEnvelope,
    }, "A collection letter goes in a plain envelope and is no postcard: choose another product.");
  },
};

export const contentSubjectline: Rule = {
  id: "content.subjectline",
  group: "E",
  short: "Subject of a required notice",
  statement:
    "The subject of a required disclosure by email names the current creditor and one more identifier, not the amount, and the sender's name is one the consumer knows.",
  appliesTo: "email of class notice",
  condition: "Requires subject-line: subjectIdentifiesDebt and namesSender.",
  citation: "comment 42(a)(1)-1",
  certainty: ["primary"],
  inputs: ["rendered.subjectIdentifiesDebt", "rendered.namesSender"],
  decide(scene) {
    if (scene.message.channel !== "email" || !scene.classes.has("notice")) return undefined;
    return require(scene, {
      "subject-line": ({ subjectIdentifiesDebt, namesSender }) =>
        subjectIdentifiesDebt && namesSender,
    }, "The subject of the notice must name the current creditor and one more identifier, and the sender must be known: change the template.");
  },
};

const isMarketingEmail = ({ message, classes }: Scene): boolean =>
  message.channel === "email" && classes.has("mkt");

export const contentCanspam: Rule = {
  id: "content.canspam",
  group: "E",
  short: "Commercial email",
  statement:
    "Commercial email has true headers and subject, says that it is an advertisement, and has a postal address and an opt-out that works for 30 days.",
  appliesTo: "marketing email",
  condition: "Requires canspam: postalAddress, adLabel, and replyStop or link in optOutMethods.",
  citation: "15 USC 7704",
  certainty: ["secondary"],
  inputs: ["rendered.postalAddress", "rendered.adLabel", "rendered.optOutMethods"],
  decide(scene) {
    if (!isMarketingEmail(scene)) return undefined;
    return require(scene, {
      canspam: (rendered) => rendered.postalAddress && rendered.adLabel && hasOptOut(rendered),
    }, "Commercial email needs a postal address, the word advertisement and an opt-out: change the template.");
  },
};

export const emailHeaders: Rule = {
  id: "email.headers",
  group: "E",
  short: "One-click unsubscribe headers",
  statement:
    "Marketing email has the headers List-Unsubscribe, over https, and List-Unsubscribe-Post. No other email has them: a click would close a medium that the law needs.",
  appliesTo: "marketing email",
  condition:
    "Requires one-click-headers: an https address in listUnsubscribe, and List-Unsubscribe=One-Click in listUnsubscribePost.",
  citation: "RFC 8058, 3834, 3461; pages of Gmail, Yahoo and Outlook",
  certainty: ["unverified", "primary"],
  inputs: ["rendered.listUnsubscribe", "rendered.listUnsubscribePost"],
  decide(scene) {
    if (!isMarketingEmail(scene)) return undefined;
    return require(scene, {
      "one-click-headers": ({ listUnsubscribe = "", listUnsubscribePost = "" }) =>
        /<https:\/\/[^>\s]+>/i.test(listUnsubscribe) &&
        listUnsubscribePost.trim() === "List-Unsubscribe=One-Click",
    }, "Marketing email needs the one-click unsubscribe headers: add them.");
  },
};

export const smsContent: Rule = {
  id: "sms.content",
  group: "E",
  short: "Content of a text",
  statement:
    "A text names its sender, has no public link shortener, and keeps to 1,600 characters and to the budget of segments.",
  appliesTo: "text",
  condition:
    "Requires sms-content: at most 1,600 characters, and the sender is named. More segments than limits.segments, or a public link shortener: hold.",
  citation: "Twilio documentation; the budget is policy",
  certainty: ["primary", "policy"],
  inputs: [
    "rendered.characters",
    "rendered.segments",
    "rendered.hasPublicUrlShortener",
    "rendered.namesSender",
    "limits.segments",
  ],
  channels: ["text"],
  decide(scene) {
    if (scene.message.channel !== "text") return undefined;
    const { rendered, lender } = scene.facts;
    const most = parameterOf(scene, "sms.content", "characters")?.max ?? Number.POSITIVE_INFINITY;
    const content = require(scene, {
      "sms-content": ({ characters, namesSender }) => characters <= most && namesSender,
    }, `A text names its sender and has at most ${most} characters: change the template.`);
    if (rendered === undefined || content !== undefined) return content;
    if (rendered.segments > lender.limits.segments)
      return hold(
        ["rendered.segments", "lender.limits.segments"],
        `The text has more than ${lender.limits.segments} segments: shorten it.`,
      );
    return rendered.hasPublicUrlShortener
      ? hold(
          ["rendered.hasPublicUrlShortener"],
          "The text has a public short link: use a link of our own.",
        )
      : undefined;
  },
};
