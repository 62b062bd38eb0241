import { describe, expect, test } from "vitest";
import { parseBorrowerId, parseCaseId, parseContactId } from "../../../src/domain/ids.ts";
import { chooseContact } from "../../../src/decide/deliver/choose-contact.ts";
import { judge, type Moment } from "../../../src/decide/deliver/judge.ts";
import { PASS_OVER_REASONS, type PassOverReason } from "../../../src/domain/passed-over.ts";
import type { Contact } from "../../../src/domain/deliver/contact.ts";
import type { CaseNow, DueType, FactSheet } from "../../../src/domain/deliver/fact-sheet.ts";
import { caseChange, chain, interaction } from "../../ids.ts";

type ContactRow = Partial<Omit<Contact, "id">> & { readonly id?: string };
const contact = ({ id = "CT-1", ...rest }: ContactRow): Contact => ({
  id: parseContactId(id),
  externalId: null,
  contactType: "email",
  label: "personal",
  affiliation: "self",
  status: "primary",
  name: null,
  value: "pat@example.com",
  valid: true,
  verified: false,
  receiveTextMessages: false,
  optedOutAt: null,
  marketingOptedOutAt: null,
  replyUnread: false,
  ...rest,
});
const phone = (rest: ContactRow): Contact =>
  contact({ contactType: "phone", value: "+16145550101", receiveTextMessages: true, ...rest });

describe("the contact of an email", () => {
  test.each<[string, Contact[], string | undefined]>([
    ["is the primary one", [contact({ id: "B", status: "secondary" }), contact({ id: "A" })], "A"],
    [
      "is the secondary one when the primary is not valid",
      [contact({ id: "A", valid: false }), contact({ id: "B", status: "secondary" })],
      "B",
    ],
    [
      "is an additional one when there is no other",
      [contact({ id: "C", status: "additional" })],
      "C",
    ],
    ["is never an archived one", [contact({ status: "archived" })], undefined],
    ["is never somebody else's", [contact({ affiliation: "parent" })], undefined],
    ["is never a phone", [phone({})], undefined],
    ["may have any label", [contact({ id: "W", label: "work" })], "W"],
    [
      "is the next one when a value is no address",
      [contact({ id: "A", value: "not an address" }), contact({ id: "B", status: "additional" })],
      "B",
    ],
    ["is nobody when no value is an address", [contact({ value: "a@b@c" })], undefined],
  ])("%s", (_, contacts, chosen) => {
    const choice = chooseContact("email", contacts, "US");
    expect(choice.kind === "chosen" ? choice.contact.id : undefined).toBe(chosen);
  });
});

describe("the contact of a text", () => {
  test.each<[string, Contact[], string | undefined]>([
    ["is a personal phone that takes texts", [phone({ id: "P" })], "P"],
    ["is not one that takes no texts", [phone({ receiveTextMessages: false })], undefined],
    ["is not one at work", [phone({ label: "work" })], undefined],
    ["is not one without a label", [phone({ label: null })], undefined],
    ["is not a number that no phone could have", [phone({ value: "+1614" })], undefined],
    ["is not a number with letters behind it", [phone({ value: "+16145550101abc" })], undefined],
    ["may be written without its country", [phone({ id: "P", value: "614-555-0101" })], "P"],
    ["is not a number of no country's form", [phone({ value: "555-0101" })], undefined],
    [
      "is not one with another country's prefix for abroad",
      [phone({ value: "0044 20 7946 0000" })],
      undefined,
    ],
  ])("%s", (_, contacts, chosen) => {
    const choice = chooseContact("text", contacts, "US");
    expect(choice.kind === "chosen" ? choice.contact.id : undefined).toBe(chosen);
  });
});

describe("a contact that was passed over is named with the reason", () => {
  const chosen = phone({ id: "Z", status: "additional" });

  test.each<[PassOverReason, ContactRow]>([
    ["notOwn", { affiliation: "parent" }],
    ["notValid", { valid: false }],
    ["notPersonal", { label: "work" }],
    ["notPersonal", { label: null }],
    ["receivesNoTexts", { receiveTextMessages: false }],
    ["valueUnusable", { value: "555-0101" }],
  ])("%s: %j", (why, row) => {
    const passedOver = [{ contactId: "A", why }];

    expect(chooseContact("text", [phone({ id: "A", ...row }), chosen], "US")).toMatchObject({
      contact: { id: "Z" },
      passedOver,
    });
    expect(chooseContact("text", [phone({ id: "A", ...row })], "US")).toMatchObject({
      kind: "none",
      long: expect.stringContaining(
        `Contact A was passed over, because ${PASS_OVER_REASONS[why]}.`,
      ),
    });
  });

  test("one of another type, and one that comes later, is not", () => {
    const others = [contact({ id: "A" }), chosen, phone({ id: "ZZ", status: "archived" })];

    expect(chooseContact("text", others, "US")).toMatchObject({ passedOver: [] });
  });

  test("an archived one is, if it is all there is", () => {
    expect(chooseContact("text", [phone({ id: "A", status: "archived" })], "US")).toMatchObject({
      long: expect.stringContaining("Contact A was passed over, because it is archived."),
    });
  });
});

describe("a contact that has opted out", () => {
  const COLLECTION = { isCollection: true, isMarketing: false };
  const MARKETING = { isCollection: false, isMarketing: true };
  const SERVICING = { isCollection: false, isMarketing: false };
  const AT = "2031-03-01T00:00:00Z";

  test.each([
    ["email", { optedOutAt: AT }, COLLECTION, "optedOut"],
    ["email", { optedOutAt: AT }, SERVICING, "chosen"],
    ["email", { optedOutAt: AT }, MARKETING, "optedOut"],
    ["email", { marketingOptedOutAt: AT }, MARKETING, "optedOut"],
    ["email", { marketingOptedOutAt: AT }, COLLECTION, "chosen"],
    ["text", { optedOutAt: AT }, SERVICING, "optedOut"],
    ["text", { marketingOptedOutAt: AT }, SERVICING, "chosen"],
  ] as const)("by %s with %j gets a message for %j: %s", (channel, row, purpose, expected) => {
    const contacts = channel === "email" ? [contact(row)] : [phone(row)];
    const choice = chooseContact(channel, contacts, "US", purpose);
    const long = expect.stringContaining("it has opted out of such messages") as string;
    expect(choice).toMatchObject(
      expected === "chosen" ? { kind: "chosen" } : { kind: "none", long },
    );
  });

  test("or may have, in a reply that waits for a person, delays the notice and does not fail it", () => {
    const contacts = [contact({ replyUnread: true })];

    expect(judge(facts({ theme: "opsCollDebt", contacts }), MOMENT)).toMatchObject({
      kind: "wait",
      until: new Date("2031-03-03T17:05:00Z"),
      reason: { ruleId: "reply.unread" },
    });
    expect(judge(facts({ theme: "opsServicing", contacts }), MOMENT).kind).toBe("send");
  });

  test("is passed over for the next one, and not for a message that is not about collection", () => {
    const contacts = [contact({ optedOutAt: AT }), contact({ id: "B", status: "secondary" })];
    const about = (theme: FactSheet["theme"]): string | undefined => {
      const verdict = judge(facts({ theme, contacts }), MOMENT);
      return verdict.kind === "send" ? verdict.contact.id : undefined;
    };

    expect([about("opsCollDebt"), about("opsServicing")]).toEqual(["B", "CT-1"]);
  });
});

test.each([
  ["US", "614-555-0101", "+16145550101"],
  ["US", "(614) 555 0101", "+16145550101"],
  ["US", "1-614-555-0101", "+16145550101"],
  ["US", "+44 20 7946 0000", "+442079460000"],
  ["GB", "020 7946 0000", "+442079460000"],
  ["GB", "+1 614 555 0101", "+16145550101"],
  ["MX", "55 1234 5678", "+525512345678"],
])("in %s the number %j is texted at %s", (country, value, to) => {
  expect(chooseContact("text", [phone({ value })], country)).toMatchObject({
    kind: "chosen",
    contact: { value },
    to,
  });
});

test("a number that cannot be read is refused with the form to write it in", () => {
  expect(chooseContact("text", [phone({ id: "P7", value: "call me maybe" })], "US")).toMatchObject({
    kind: "none",
    short: "Contact unusable",
    long: "No contact has a value that text can be sent to. Write a phone number with its country, such as +1 614 555 0107. Contact P7 was passed over, because its value cannot be sent to.",
  });
});

const NOON = new Date("2031-03-03T17:00:00Z");
const MOMENT: Moment = {
  now: NOON,
  recipientsAllowed: null,
  canSeal: false,
  lender: { country: "US" },
};

const CASE_NOW: CaseNow = {
  changeId: caseChange("1"),
  status: "initiated",
  outcome: null,
  fields: {},
};

const facts = (rest: Partial<FactSheet> = {}, type: Partial<DueType> = {}): FactSheet => ({
  interactionId: interaction("7"),
  channel: "email",
  theme: "opsServicing",
  isTransactional: null,
  releasedRules: null,
  redirectedTo: null,
  reply: null,
  sensitive: false,
  attempt: 1,
  claims: 0,
  chainId: chain("7"),
  dueAt: NOON,
  latestAt: null,
  templateId: 1,
  templateVersion: 1,
  notificationType: {
    id: 1,
    version: 1,
    name: "Bankruptcy filed",
    onStatus: "initiated",
    onOutcome: null,
    onCondition: [],
    whenCaseMoves: "send",
    onUnknown: "hold",
    ...type,
  },
  case: {
    id: parseCaseId("CS-1"),
    typeId: "bankruptcy",
    typeName: "Bankruptcy",
    status: "initiated",
    outcome: null,
    fields: {},
  },
  caseNow: CASE_NOW,
  pausedBecause: null,
  pausedUntil: null,
  borrower: {
    id: parseBorrowerId("BO-1"),
    externalId: null,
    displayId: null,
    borrowerType: "person",
    status: "active",
    name: {},
    language: "en",
    timeZone: null,
    statusUpdatedAt: "2030-11-02T08:00:00+00:00",
    createdAt: "2030-11-02T08:00:00+00:00",
    collectionsIntensity: "normal",
    commPreferences: {},
    metaData: {},
  },
  loans: [],
  contacts: [contact({})],
  ...rest,
});
const canceled: CaseNow = { ...CASE_NOW, status: "canceled" };

test.each<[string, FactSheet, Moment, object]>([
  ["sends to the contact", facts(), MOMENT, { kind: "send", contact: { id: "CT-1" } }],
  ["sends at the latest moment", facts({ latestAt: NOON }), MOMENT, { kind: "send" }],
  [
    "refuses a moment later",
    facts({ latestAt: new Date(NOON.getTime() - 1) }),
    MOMENT,
    { kind: "refuse", status: "failed", reason: { ruleId: "schedule.expired" } },
  ],
  ["sends what was claimed 99 times before", facts({ claims: 99 }), MOMENT, { kind: "send" }],
  [
    "refuses what was claimed 100 times before",
    facts({ claims: 100 }),
    MOMENT,
    { kind: "refuse", status: "failed", reason: { ruleId: "claims.exhausted" } },
  ],
  [
    "sends though the case has moved, by default",
    facts({ caseNow: canceled }),
    MOMENT,
    { kind: "send" },
  ],
  [
    "cancels if the case has moved and the type has cancel",
    facts({ caseNow: canceled }, { whenCaseMoves: "cancel" }),
    MOMENT,
    { kind: "refuse", status: "canceled", reason: { ruleId: "case.moved" } },
  ],
  [
    "waits while it is paused",
    facts({ pausedBecause: "review" }),
    MOMENT,
    { kind: "wait", until: new Date(NOON.getTime() + 300_000), reason: { ruleId: "pause.open" } },
  ],
  [
    "waits until the end of a pause that ends soon",
    facts({ pausedBecause: "review", pausedUntil: new Date(NOON.getTime() + 1_000) }),
    MOMENT,
    { kind: "wait", until: new Date(NOON.getTime() + 1_000), reason: { ruleId: "pause.open" } },
  ],
  [
    "sends from the end of the pause on, though its end is not recorded yet",
    facts({ pausedBecause: "review", pausedUntil: NOON }),
    MOMENT,
    { kind: "send" },
  ],
  [
    "reports the expiry and not the pause",
    facts({ pausedBecause: "review", latestAt: new Date(0) }),
    MOMENT,
    { kind: "refuse", reason: { ruleId: "schedule.expired" } },
  ],
  [
    "refuses without a contact",
    facts({ contacts: [] }),
    MOMENT,
    { kind: "refuse", status: "failed", reason: { ruleId: "contact.none" } },
  ],
  [
    "cancels what is not for an allowed recipient",
    facts(),
    { ...MOMENT, recipientsAllowed: ["*@example.org"] },
    { kind: "refuse", status: "canceled", reason: { ruleId: "recipients.notAllowed" } },
  ],
  [
    "sends to an allowed recipient",
    facts(),
    { ...MOMENT, recipientsAllowed: ["*@example.com"] },
    { kind: "send" },
  ],
])("judging %s", (_, sheet, moment, verdict) => {
  expect(judge(sheet, moment)).toMatchObject(verdict);
});

test("no reason names the contact's value", () => {
  const refused = judge(facts({ contacts: [contact({ value: "bad pat@example.com" })] }), MOMENT);
  expect(JSON.stringify(refused)).not.toContain("example.com");
  const notAllowed = judge(facts(), { ...MOMENT, recipientsAllowed: [] });
  expect(JSON.stringify(notAllowed)).not.toContain("example.com");
});
