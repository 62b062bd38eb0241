import { rendered as readRendered } from "../../../src/domain/guard/content-facts.ts";
import { describe, expect, test } from "vitest";
import { guardQuestionOf } from "../../../src/decide/deliver/guard-question.ts";
import { type DueTemplate, prepare, type Ready } from "../../../src/decide/deliver/prepare.ts";
import { renderedFactsOf } from "../../../src/decide/deliver/channels/rendered-facts.ts";
import { judgeFacts } from "../../../src/decide/guard/judge.ts";
import { builtInPolicy } from "../../../src/decide/guard/policy/policy.ts";
import { readFacts, type FactsInput } from "../../../src/domain/guard/facts.ts";
import type { EmailMessage, TextMessage } from "../../../src/domain/deliver/message.ts";
import type { Template } from "../../../src/domain/template/template.ts";
import { TEMPLATE_STATEMENTS } from "../../../src/domain/vocabulary.ts";
import { interaction } from "../../ids.ts";
import { factsOf } from "../../providers/starter-facts.ts";
import { CONFIRMATIONS, FOLDERS, readStarter } from "../../template/starter-set.ts";

const LENDER = {
  name: "Example Community Lending",
  postalAddress: "100 Main Street, Suite 400, Columbus, OH 43004",
  phone: "+16145550100",
  website: "https://www.example.com",
  timeZone: "America/New_York",
  country: "US",
  languages: ["en"],
} as never;

function readyOf(folder: string): Ready {
  const starter = readStarter(folder);
  const prepared = prepare(factsOf(starter, "7"), starter.template, {
    lender: LENDER,
    senders: { email: "Example Community Lending <notices@lender.example>", text: "+15005550006" },
    recipientsAllowed: null,
    canSeal: true,
    links: null,
    linkKeys: [],
    now: new Date(starter.sample.now),
  });
  if (prepared.kind !== "ready") throw new Error(JSON.stringify(prepared.withheld));
  return prepared;
}

/** The sheet of a borrower in Columbus, Ohio, about whom nothing else is known. */
function judge(ready: Ready, given: Partial<FactsInput["message"]> = {}, loan: object = {}) {
  const { message, rendered } = guardQuestionOf(ready, LENDER);
  const contactType = message.channel === "text" ? "phone" : "email";
  const read = readFacts({
    message: { ...message, ...given },
    contacts: {
      [message.contactId]: {
        contactType,
        value: contactType === "phone" ? "+16145550117" : "ana@example.com",
        receiveTextMessages: true,
        receiveTextMessagesLastConsentAt: "2031-01-01T00:00:00Z",
        electronicConsentAt: "2031-01-01T00:00:00Z",
      },
    },
    loans: Object.fromEntries(message.loanIds.map((id) => [id, loan])),
    rendered,
  });
  if (read.kind === "invalid") throw new Error(JSON.stringify(read.errors));
  return judgeFacts(read.facts, builtInPolicy(), Date.parse("2031-03-03T15:00:00Z")).verdict;
}

test.each(FOLDERS)("the starter template %s has the content that the rules require", (folder) => {
  expect(judge(readyOf(folder))).toMatchObject({ outcome: "allow", requires: [] });
});

const NOTICES = FOLDERS.filter((folder) => !CONFIRMATIONS.includes(folder));

test.each(NOTICES)("as collection, the starter template %s has a way to opt out", (folder) => {
  const verdict = judge(readyOf(folder), { theme: "opsCollDebt" });
  expect(verdict.log.map(({ ruleId }) => ruleId)).not.toContain("content.optoutnotice");
});

const EMAIL: EmailMessage = {
  channel: "email",
  interactionId: interaction("7"),
  messageId: "tidings.7@lender.example",
  date: new Date(),
  from: "Example Community Lending <notices@lender.example>",
  to: "ana@example.com",
  toName: null,
  subject: "About your case",
  text: "",
  html: null,
  language: "en",
  listUnsubscribe: null,
};
const TEXT: TextMessage = { channel: "text", interactionId: interaction("7"), to: "+1", body: "" };
const TEMPLATE: Template = {
  id: 1,
  version: 1,
  channel: "email",
  language: "en",
  subjectTemplate: null,
  htmlTemplate: null,
  textTemplate: null,
};
const ABOUT = {
  case: { id: "CS-4417" },
  loans: [{ id: "LN-1", externalId: null, displayId: "1001-22-7" }],
} as never;

const email = (
  text: string,
  rest: Partial<EmailMessage> = {},
  template: Partial<DueTemplate> = {},
) =>
  renderedFactsOf({
    message: { ...EMAIL, text, ...rest },
    template: { ...TEMPLATE, ...template },
    facts: ABOUT,
    lender: LENDER,
  });
const text = (body: string) =>
  renderedFactsOf({ message: { ...TEXT, body }, template: TEMPLATE, facts: ABOUT, lender: LENDER });

const ATTEMPT =
  "This is an attempt to collect a debt, and any information obtained will be used for that purpose.";
const INTENTO =
  "Este es un intento de cobrar una deuda, y toda información que se obtenga se usará para ese fin.";

describe("of an email", () => {
  test.each([
    ["Reply STOP to end these emails.", ["replyStop"]],
    ["Responda con la palabra STOP en el asunto.", ["replyStop"]],
    ["To unsubscribe go to https://lender.example/out/1", ["link"]],
    ["Write to us to opt out.", []],
    ["Call us to stop.", []],
  ])("%s", (words, methods) => expect(email(words).optOutMethods).toEqual(methods));

  test("a link in the html counts", () =>
    expect(
      email("", {
        html: '<p>To opt out <a href="https://lender.example/out">use this page</a></p>',
      }).optOutMethods,
    ).toEqual(["link"]));

  test.each([
    [ATTEMPT, "initial"],
    ["This communication is from a debt collector.", "subsequent"],
    [INTENTO, "none"],
    ["We received your dispute.", "none"],
  ])("%s", (words, miniMiranda) => expect(email(words).miniMiranda).toBe(miniMiranda));

  test.each([
    ["es", INTENTO, "initial"],
    ["es-MX", "Esta comunicación es de un cobrador de deudas.", "subsequent"],
    ["es", ATTEMPT, "none"],
    ["fr", ATTEMPT, "none"],
  ])("in %s: %s", (language, words, miniMiranda) =>
    expect(email(words, {}, { language }).miniMiranda).toBe(miniMiranda),
  );

  test.each([
    ["replyStop", { optOutMethods: ["replyStop"] }],
    ["miniMirandaInitial", { miniMiranda: "initial" }],
    ["miniMirandaSubsequent", { miniMiranda: "subsequent" }],
    ["timeBarredDisclosure", { timeBarredDisclosure: true }],
    ["bankruptcyDisclaimer", { bankruptcyDisclaimer: true }],
    ["validationB1", { modelForm: "validationB1" }],
    ["negativeReportB1", { modelForm: "negativeReportB1" }],
    ["negativeReportB2", { modelForm: "negativeReportB2" }],
    ["adLabel", { adLabel: true }],
    ["demandsPayment", { demandsPayment: true }],
    ["urgentDemand", { urgentDemand: true }],
    ["threatensSuit", { threatensSuit: true }],
    ["threatensRepossession", { threatensRepossession: true }],
    ["mentionsDebt", { mentionsDebt: true }],
  ] as const)("a template that declares %s has it without the words", (declared, facts) => {
    expect(email("Bonjour.", {}, { language: "fr" })).not.toMatchObject(facts);
    const declares = [declared];
    expect(email("Bonjour.", {}, { language: "fr", declares })).toMatchObject(facts);
  });

  // advertising is no property of the words: test/stories/advertising.test.ts
  test("every statement of the vocabulary is tried", () =>
    expect(TEMPLATE_STATEMENTS.filter((one) => one !== "advertising")).toHaveLength(14));

  test.each([
    ["Please pay now to avoid fees.", { demandsPayment: true, urgentDemand: true }],
    ["We may sue you.", { threatensSuit: true }],
    ["We may repossess the vehicle.", { threatensRepossession: true }],
    ["This is not an attempt to collect a debt.", { bankruptcyDisclaimer: true }],
    ["How can you dispute the debt? … What else can you do?", { modelForm: "validationB1" }],
    ["Please call Sam of Example Community Lending.", { mentionsDebt: false }],
    ["Your payment is late.", { mentionsDebt: true, urgentDemand: false }],
  ])("%s", (words, facts) => expect(email(words)).toMatchObject(facts));

  test("the subject names the creditor and one more identifier, or does not", () => {
    const subject = "Example Community Lending: your loan 1001-22-7";
    expect(email("", { subject })).toMatchObject({ subjectIdentifiesDebt: true });
    expect(email("")).toMatchObject({ subjectIdentifiesDebt: false });
    expect(email("", { subject: "Your loan 1001-22-7" })).toMatchObject({
      subjectIdentifiesDebt: false,
    });
  });
});

test("the facts are those that the schema reads from them", () => {
  const message = { listUnsubscribe: "<https://lender.example/out>" };
  for (const facts of [email(ATTEMPT, message), email(""), text("ECL: hello"), text("")])
    expect(readRendered.parse(facts)).toEqual(facts);
});

describe("of a text", () => {
  test("the sender, the size and a public short link", () => {
    expect(text("Example Community Lending: hello")).toMatchObject({
      namesSender: true,
      characters: 32,
      segments: 1,
      hasPublicUrlShortener: false,
    });
    expect(text("ECL: see https://bit.ly/abc")).toMatchObject({
      namesSender: true,
      hasPublicUrlShortener: true,
    });
    expect(text("We wrote to you.")).toMatchObject({ namesSender: false });
    expect(text(`ECL: ${"é€".repeat(200)}`).segments).toBeGreaterThan(3);
  });
});
