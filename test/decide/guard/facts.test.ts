import { describe, expect, test } from "vitest";
import { readFacts, readQuestion } from "../../../src/domain/guard/facts.ts";
import { readDay, readInstant, writeDay, writeInstant } from "../../../src/domain/guard/moments.ts";
import { type Json, mergePatch, questionOf, TABLE } from "./question.ts";

const errorsOf = (patch: Json): readonly unknown[] => {
  const read = readQuestion(mergePatch(TABLE.baseline, patch));
  return read.kind === "invalid" ? read.errors : [];
};

describe("a fact sheet that does not fit", () => {
  test.each<[Json, string, string]>([
    [{ now: null }, "now", "is missing"],
    [{ now: "2026-11-20" }, "now", "must be an instant such as 2026-11-20T16:30:00Z"],
    [
      { now: "2026-11-20T11:30:00-05:00" },
      "now",
      "must be an instant such as 2026-11-20T16:30:00Z",
    ],
    [{ facts: { message: null } }, "facts.message", "is missing"],
    [
      { facts: { message: { channel: "pigeon" } } },
      "facts.message.channel",
      "must be one of voice, email, fax, text, chat, mail, gui, document",
    ],
    [
      { facts: { message: { contactId: "CT-NOBODY" } } },
      "facts.message.contactId",
      "must be a key of contacts",
    ],
    [
      { facts: { message: { loanIds: ["L9"] } } },
      "facts.message.loanIds",
      "must hold keys of loans",
    ],
    [
      { facts: { message: { loanIds: ["L1", "L1"] } } },
      "facts.message.loanIds",
      "must not hold the same id twice",
    ],
    [
      { facts: { message: { mood: "sour" } } },
      "facts.message.mood",
      "is not a member that is known here",
    ],
    [{ facts: { weather: {} } }, "facts.weather", "is not a member that is known here"],
    [
      { facts: { borrower: { toldTimeZone: "Mars/Olympus" } } },
      "facts.borrower.toldTimeZone",
      "must be an IANA time zone such as America/Chicago",
    ],
    [
      { facts: { borrower: { toldTimeZone: "+05:00" } } },
      "facts.borrower.toldTimeZone",
      "must be an IANA time zone such as America/Chicago",
    ],
    [
      { facts: { contacts: { "CT-HOME": { address: { zones: ["Nowhere"] } } } } },
      "facts.contacts.CT-HOME.address.zones.0",
      "must be an IANA time zone such as America/Chicago",
    ],
    [
      { facts: { contacts: { "CT-MOBILE": { value: "+1614555012" } } } },
      "facts.contacts.CT-MOBILE.value",
      "must be an E.164 phone number",
    ],
    [
      {
        facts: {
          message: { channel: "email", contactId: "CT-EMAIL" },
          contacts: { "CT-EMAIL": { value: "jo.doe" } },
        },
      },
      "facts.contacts.CT-EMAIL.value",
      "must be an email address",
    ],
    [
      { facts: { loans: { L1: { daysPastDue: -1 } } } },
      "facts.loans.L1.daysPastDue",
      "must not be negative",
    ],
    [
      { facts: { loans: { L1: { validationPeriodEndsOn: "2026-02-30" } } } },
      "facts.loans.L1.validationPeriodEndsOn",
      "must be a date such as 2026-11-20",
    ],
    [
      { facts: { preferences: { inconvenientTimes: [{ days: ["mon"], from: "25:00" }] } } },
      "facts.preferences.inconvenientTimes.0.from",
      "must be a time of day such as 08:00",
    ],
    [
      {
        facts: { cases: [{ caseType: "bankruptcy", status: "initiated", fields: { chapter: 7 } }] },
      },
      "facts.cases.0.fields.filedAt",
      "is missing",
    ],
    [
      { facts: { lender: { limits: { burst: "on" } } } },
      "facts.lender.limits.burst",
      "must be off, or minGapMinutes with maxPerDay",
    ],
  ])("%j names %s", (patch, field, message) => {
    expect(errorsOf(patch)).toEqual([{ field, message }]);
  });

  test("all faults are named at once", () => {
    expect(
      errorsOf({
        facts: { message: { channel: "pigeon", contactId: 7 }, rendered: { segments: "two" } },
      }),
    ).toHaveLength(3);
  });

  test.each([undefined, null, 7, "facts", []])("%j is no fact sheet", (input) => {
    expect(readFacts(input)).toMatchObject({ kind: "invalid", errors: [{ field: "facts" }] });
  });

  test("no error quotes the input, which may be personal", () => {
    const secret = "jo.doe@lender.example";
    const patch = {
      now: secret,
      facts: {
        message: { channel: secret, theme: secret },
        borrower: { toldTimeZone: secret },
        contacts: { "CT-MOBILE": { value: secret, lineType: secret } },
        cases: [{ caseType: secret }],
        lender: { limits: { burst: secret } },
      },
    };
    expect(JSON.stringify(errorsOf(patch))).not.toContain(secret);
  });
});

test("an unusable address of a contact that matters to nothing is let be", () => {
  const spare = { contactType: "phone", value: "614 555", status: "additional" };
  expect(errorsOf({ facts: { contacts: { "CT-SPARE": spare } } })).toEqual([]);
});

test("absent members have their defaults", () => {
  const { facts } = questionOf({ facts: { borrower: null, preferences: null, lender: null } });
  expect(facts.borrower).toMatchObject({ collectionsIntensity: "normal", isMinor: false });
  expect(facts.preferences).toMatchObject({ doNotInteract: [], sendRemindersWhenCurrent: true });
  expect(facts.lender).toEqual({
    switches: {
      regF: true,
      textProcedure60: false,
      revokeAll: true,
      ceaseCoversAllLoans: false,
      esignRecorded: true,
    },
    licensedAgencyIn: [],
    limits: {
      electronicPer7Days: { light: 2, normal: 4, heavy: 6 },
      textsPerDay: 1,
      burst: { minGapMinutes: 120, maxPerDay: 2 },
      marginMinutes: { voice: 10, text: 2 },
      segments: 3,
      attorneySilentDays: 30,
    },
  });
});

test.each(["2026-11-20T16:30:00Z", "2024-02-29T23:59:59.5Z", "1999-12-31T00:00:00.001Z"])(
  "instant %s is read and written",
  (text) => {
    const instant = readInstant(text);
    expect(instant).toBe(Date.parse(text));
    expect(Date.parse(writeInstant(instant ?? 0))).toBe(instant);
  },
);

test("instants are written with decimals only where they have a fraction of a second", () => {
  expect(writeInstant(Date.UTC(2026, 10, 20, 16, 30))).toBe("2026-11-20T16:30:00Z");
  expect(writeInstant(Date.UTC(2026, 10, 20, 16, 30, 0, 5))).toBe("2026-11-20T16:30:00.005Z");
});

test.each([
  "2026-02-30T00:00:00Z",
  "2026-13-01T00:00:00Z",
  "2026-01-01T24:00:00Z",
  "2026-01-01T00:00Z",
])("%s is no instant", (text) => {
  expect(readInstant(text)).toBeUndefined();
});

test("days are counted from 1970-01-01", () => {
  expect(readDay("1970-01-02")).toBe(1);
  expect(writeDay(readDay("2024-02-29") ?? 0)).toBe("2024-02-29");
  expect(readDay("2023-02-29")).toBeUndefined();
});
