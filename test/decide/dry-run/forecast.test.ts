import { describe, expect, test } from "vitest";
import {
  parseBorrowerId,
  parseCaseId,
  parseContactId,
  parseLoanId,
} from "../../../src/domain/ids.ts";
import { createCalendars } from "../../../src/decide/resolve/calendars.ts";
import { forecastChange, type ForecastInputs } from "../../../src/decide/dry-run/forecast.ts";
import type { Arrival, CaseFacts } from "../../../src/domain/dry-run/arrival.ts";
import type { CaseChange } from "../../../src/domain/resolve/case-change.ts";
import type { Contact } from "../../../src/domain/deliver/contact.ts";
import type { NotificationTypeVersion } from "../../../src/domain/resolve/notification-type.ts";
import type { WhenCaseMoves } from "../../../src/domain/vocabulary.ts";
import { caseChange } from "../../ids.ts";

/** A Monday, at ten in New York. */
const NOW = new Date("2031-03-03T15:00:00Z");

const TYPE: NotificationTypeVersion = {
  id: 1,
  version: 4,
  onStatus: "initiated",
  onOutcome: null,
  onCondition: [],
  channel: "email",
  theme: "opsServicing",
  templateId: 7,
  templates: [
    { id: 7, version: 2, language: "en", subject: null, sensitive: false, isTransactional: true },
  ],
  delay: null,
  unit: null,
  calendar: "office",
};
const DELAYED = { ...TYPE, delay: 5, unit: "businessDays" } as const;

const CONTACT: Contact = {
  id: parseContactId("CT-1"),
  externalId: null,
  contactType: "email",
  label: "personal",
  affiliation: "self",
  status: "primary",
  name: "Pat Example",
  value: "pat@example.com",
  valid: true,
  verified: true,
  receiveTextMessages: false,
  optedOutAt: null,
  marketingOptedOutAt: null,
  replyUnread: false,
};

const BORROWER = parseBorrowerId("BO-1");
const CHANGE: CaseChange = {
  id: caseChange("12"),
  caseId: parseCaseId("CS-1"),
  caseTypeId: "bankruptcy",
  borrowerId: BORROWER,
  loanIds: ["LN-2", "LN-1"].map(parseLoanId),
  status: "initiated",
  outcome: null,
  fields: { chapter: 7 },
  changedAt: NOW,
  receivedAt: NOW,
  supercaseBulkOperationId: null,
  before: null,
  following: null,
};

const initiated: CaseFacts = { status: "initiated", outcome: null, fields: { chapter: 7 } };
const moved: CaseFacts = { status: "canceled", outcome: null, fields: {} };

const arrival = (rest: Partial<Arrival> = {}): Arrival => ({
  label: "change 12",
  change: CHANGE,
  idle: null,
  caseNow: initiated,
  caseLater: initiated,
  ...rest,
});

interface Given {
  readonly types?: readonly NotificationTypeVersion[];
  readonly contacts?: readonly Contact[];
  readonly whenCaseMoves?: WhenCaseMoves;
  readonly text?: string;
  readonly pausedBecause?: string;
  readonly withinMs?: number;
  readonly recipientsAllowed?: readonly string[];
}

function groundOf({ types = [TYPE], contacts = [CONTACT], ...given }: Given): ForecastInputs {
  const lender = {
    name: "Example Lender",
    postalAddress: "",
    phone: "",
    website: "https://lender.example",
    country: "US",
    timeZone: "America/New_York",
    languages: ["en"],
  };
  const borrower = {
    id: BORROWER,
    externalId: null,
    displayId: null,
    borrowerType: "person",
    status: "active",
    name: { firstName: "Pat" },
    language: "en",
    timeZone: null,
    statusUpdatedAt: "2030-11-02T08:00:00+00:00",
    createdAt: "2030-11-02T08:00:00+00:00",
    collectionsIntensity: "normal",
    commPreferences: {},
    metaData: {},
  };
  const loans = ["LN-1", "LN-2"].map(parseLoanId).map((id) => ({
    id,
    externalId: null,
    displayId: `display ${id}`,
    loanTypeId: null,
    data: {},
  }));
  return {
    planning: {
      zone: lender.timeZone,
      languages: lender.languages,
      calendars: createCalendars({ calendars: [], closures: [] }),
      withinMs: { email: given.withinMs },
    },
    sendContext: {
      lender,
      senders: { email: "notices@lender.example", text: "" },
      links: null,
      linkKeys: [],
      recipientsAllowed: given.recipientsAllowed ?? null,
      canSeal: false,
      now: NOW,
    },
    dryRunFacts: {
      caseTypeNames: new Map([["bankruptcy", "Bankruptcy"]]),
      people: new Map([[BORROWER, { borrower, contacts }]]),
      loans: new Map(loans.map((loan) => [loan.id, loan])),
      rules: new Map(
        types.map(({ id }) => [
          id,
          {
            id,
            name: `Type ${id}`,
            whenCaseMoves: given.whenCaseMoves ?? "send",
            onUnknown: "hold",
            pausedBecause: given.pausedBecause ?? null,
            pausedUntil: null,
          },
        ]),
      ),
    },
    activeTypes: (caseTypeId) => (caseTypeId === "bankruptcy" ? types : []),
    findTemplate: ({ templateId, templateVersion }) => ({
      id: templateId,
      version: templateVersion,
      channel: "email",
      language: "en",
      subjectTemplate: "About your case",
      htmlTemplate: null,
      textTemplate: given.text ?? "Dear {{borrower.name.firstName}}",
    }),
  };
}

const noticesOf = (change: Arrival, given: Given = {}) =>
  forecastChange(change, groundOf(given)).notices.map(({ forecast }) => forecast);

describe("a notice that would be sent", () => {
  test("names the contact and the date, and how it came about", () => {
    expect(noticesOf(arrival(), { types: [DELAYED] })).toEqual([
      {
        kind: "sends",
        contactId: "CT-1",
        dueAt: new Date("2031-03-10T14:00:00Z"),
        explanation: expect.objectContaining({
          delay: 5,
          unit: "businessDays",
          calendar: "office",
        }),
      },
    ]);
  });

  test("every active version linked to the case type is asked, and keeps its name", () => {
    const types = [TYPE, { ...TYPE, id: 2, onStatus: "completed" as const }];
    const { notices, nothing } = forecastChange(arrival(), groundOf({ types }));
    expect(nothing).toBeNull();
    expect(notices.map(({ name, forecast }) => [name, forecast.kind])).toEqual([
      ["Type 1", "sends"],
      ["Type 2", "silent"],
    ]);
  });

  test("the loans are those of the change, in its order", () => {
    const text = "{{loan.displayId}}{{#each loans}} {{id}}{{/each}}";
    const seen: string[] = [];
    const inputs = groundOf({ text });
    forecastChange(arrival(), {
      ...inputs,
      findTemplate: (facts) => {
        seen.push(...facts.loans.map(({ id }) => id));
        return inputs.findTemplate(facts);
      },
    });
    expect(seen).toEqual(["LN-2", "LN-1"]);
  });
});

test("a notice that would wait shows until when and why, counted from its due time", () => {
  expect(noticesOf(arrival(), { types: [DELAYED], pausedBecause: "storm" })).toEqual([
    {
      kind: "waits",
      dueAt: new Date("2031-03-10T14:00:00Z"),
      explanation: expect.objectContaining({ delay: 5 }),
      until: new Date("2031-03-10T14:05:00Z"),
      short: "Paused",
      long: expect.stringContaining("storm"),
    },
  ]);
});

describe("a notice that would not be sent has the reason", () => {
  test.each<[string, Arrival, Given, object]>([
    [
      "a type that waits for something else",
      arrival({ change: { ...CHANGE, status: "processing" } }),
      {},
      {
        kind: "silent",
        long: "The type waits for status initiated, the case has status processing.",
      },
    ],
    [
      "a type that held before",
      arrival({ change: { ...CHANGE, before: { status: "initiated", outcome: null } } }),
      {},
      { kind: "silent", long: "The case had status initiated before this change already." },
    ],
    [
      "a date that cannot be had",
      arrival(),
      { types: [{ ...DELAYED, calendar: "unheardOf" }] },
      {
        kind: "fails",
        dueAt: null,
        short: "Calendar unusable",
        long: expect.stringContaining("unheardOf"),
      },
    ],
    [
      "a template without an active version",
      arrival(),
      { types: [{ ...TYPE, templates: [] }] },
      {
        kind: "fails",
        dueAt: null,
        short: "No active template",
        long: expect.stringContaining("Template 7"),
      },
    ],
    [
      "a borrower without a contact",
      arrival(),
      { contacts: [] },
      { kind: "fails", dueAt: NOW, short: "No eligible contact", long: expect.any(String) },
    ],
    [
      "a missing value that the template needs",
      arrival(),
      { text: "{{borrower.name.lastName}}" },
      {
        kind: "fails",
        dueAt: NOW,
        short: "Template fault",
        long: expect.stringContaining("lastName"),
      },
    ],
  ])("%s", (_title, given, rest, expected) => {
    expect(noticesOf(given, rest)).toEqual([expected]);
  });

  test("a change that arrived so long ago that its notice is too late", () => {
    const then = new Date("2031-03-01T15:00:00Z");
    const old = arrival({ change: { ...CHANGE, changedAt: then, receivedAt: then } });
    expect(noticesOf(old, { withinMs: 86_400_000 })).toMatchObject([
      { kind: "fails", short: "Too late to send" },
    ]);
    expect(noticesOf(old, { withinMs: 3 * 86_400_000 })).toMatchObject([{ kind: "sends" }]);
    const late = arrival({ change: { ...CHANGE, changedAt: then } });
    expect(noticesOf(late, { withinMs: 86_400_000 })).toMatchObject([{ kind: "sends" }]);
  });

  test("one to a recipient this installation may not write to", () => {
    expect(noticesOf(arrival(), { recipientsAllowed: ["*@example.org"] })).toMatchObject([
      { kind: "cancels", short: "Recipient not allowed" },
    ]);
  });

  test("a change that only makes its case known, and one the table has already, ask no type at all", () => {
    const emitted = (["firesNothing", "repeats"] as const).map((idle) =>
      forecastChange(arrival({ idle }), groundOf({})),
    );
    expect(emitted.map(({ notices }) => notices)).toEqual([[], []]);
    expect(emitted[0]?.nothing).toMatch(/only makes its case known/);
    expect(emitted[1]?.nothing).toMatch(/external_id is in the table already/);
  });

  test("a change of a case type that no active type is linked to", () => {
    const change = { ...CHANGE, caseTypeId: "hardship" };
    expect(forecastChange(arrival({ change }), groundOf({}))).toMatchObject({
      nothing: "No active notification type is linked to case type hardship.",
      notices: [],
    });
  });
});

describe("a type that cancels when its case moves is judged on the later state of the case", () => {
  test.each<[string, Partial<Arrival>, NotificationTypeVersion, string]>([
    [
      "due at once, and moved by a later line: it has left by then",
      { caseLater: moved },
      TYPE,
      "sends",
    ],
    ["due at once, and the case has moved already", { caseNow: moved }, TYPE, "cancels"],
    ["due later, and moved by a later line", { caseLater: moved }, DELAYED, "cancels"],
    ["due later, and the case has come back by then", { caseNow: moved }, DELAYED, "sends"],
  ])("%s", (_title, rest, type, kind) => {
    expect(noticesOf(arrival(rest), { types: [type], whenCaseMoves: "cancel" })).toMatchObject([
      { kind },
    ]);
    expect(noticesOf(arrival(rest), { types: [type], whenCaseMoves: "send" })).toMatchObject([
      { kind: "sends" },
    ]);
  });
});
