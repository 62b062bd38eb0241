import { describe, expect, test } from "vitest";
import {
  furnishingSafeFrom,
  keepUntil,
  standingNotice,
  validationDates,
  validationDeadline,
  withValidationPeriods,
} from "../../../src/decide/guard/duties.ts";
import { builtInPolicy, policyWith } from "../../../src/decide/guard/policy/policy.ts";
import { type Day, readDay, writeDay } from "../../../src/domain/guard/moments.ts";
import { type Json, questionOf } from "./question.ts";

const policy = builtInPolicy();
const day = (text: string): Day => readDay(text) ?? Number.NaN;
const sent = (sentOn: string, returnedOn: string | null = null) => ({
  sentOn: day(sentOn),
  returnedOn: returnedOn === null ? null : day(returnedOn),
});

describe("content.validationdates", () => {
  test.each([
    ["2026-11-20", "2026-11-30", "2026-12-30"],
    ["2026-06-29", "2026-07-06", "2026-08-05"],
    ["2026-12-21", "2026-12-29", "2027-01-28"],
    ["2026-11-23", "2026-12-01", "2026-12-31"],
  ])(
    "a validation notice sent on %s is assumed received on %s, the period ends on %s",
    (sentOn, receipt, end) => {
      const dates = validationDates(policy, day(sentOn));
      expect(writeDay(dates.assumedReceiptOn)).toBe(receipt);
      expect(writeDay(dates.validationPeriodEndsOn)).toBe(end);
    },
  );
});

describe("the validation periods that follow from notices", () => {
  /** The end of the period of the loan L1 of the baseline, which lives in Ohio. */
  function endOf(given: Json, ...sendings: readonly string[]): string | undefined {
    const { facts } = questionOf({ facts: given });
    const validationNotices = sendings.map((at) => ({ loanId: "L1", sentAt: Date.parse(at) }));
    const { loans } = withValidationPeriods({ kind: "facts", facts, validationNotices }, policy);
    const endsOn = loans["L1"]?.validationPeriodEndsOn;
    return endsOn === undefined ? undefined : writeDay(endsOn);
  }
  const undated = { loans: { L1: { validationPeriodEndsOn: null } } };

  test("the last notice counts", () => {
    const sendings = ["2026-11-23T15:00:00Z", "2026-11-20T15:00:00Z"];
    expect(endOf(undated, ...sendings)).toBe("2026-12-31");
    expect(endOf(undated)).toBeUndefined();
  });

  test("a period that the core system has stated stays", () => {
    const stated = { loans: { L1: { validationPeriodEndsOn: "2026-12-24" } } };
    expect(endOf(stated, "2026-11-20T15:00:00Z")).toBe("2026-12-24");
  });

  test("the day of sending is that of the borrower, and the latest of several zones", () => {
    // Thursday evening in Ohio, and Friday in UTC
    expect(endOf(undated, "2026-11-20T01:00:00Z")).toBe("2026-12-27");
    const told = { ...undated, borrower: { toldTimeZone: "Pacific/Honolulu" } };
    expect(endOf(told, "2026-11-20T09:00:00Z")).toBe("2026-12-27");
    const west = { contactType: "phone", value: "+18085550123", status: "primary" };
    const both = { ...undated, contacts: { "CT-WEST": west } };
    expect(endOf(both, "2026-11-20T09:00:00Z")).toBe("2026-12-30");
  });

  test("no period is known where the policy has none on the day of sending", () => {
    const [entry] = policy.index.get("content.validationdates")?.get("validationPeriod") ?? [];
    if (entry === undefined) throw new Error("the policy has no validation period");
    const ended = policyWith({
      off: [],
      stricter: {},
      entries: [{ ...entry, until: day("2026-11-19") }],
    });
    const { facts } = questionOf({ facts: undated });
    const notice = { loanId: "L1", sentAt: Date.parse("2026-11-20T15:00:00Z") };
    const whole = { kind: "facts", facts, validationNotices: [notice] } as const;
    expect(withValidationPeriods(whole, ended).loans["L1"]).toEqual(facts.loans["L1"]);
    expect(() => validationDates(ended, day("2026-11-20"))).toThrow(
      "the policy has no validationPeriod of content.validationdates that day",
    );
  });

  test("a loan that the message is not about has its own", () => {
    const second = { ...undated.loans, L2: { collectorRole: "debtCollector" } };
    const { facts } = questionOf({ facts: { loans: second } });
    const notice = { loanId: "L2", sentAt: Date.parse("2026-11-20T15:00:00Z") };
    const whole = { kind: "facts", facts, validationNotices: [notice] } as const;
    const { loans } = withValidationPeriods(whole, policy);
    expect(loans["L1"]).toEqual(facts.loans["L1"]);
    expect(loans["L2"]?.validationPeriodEndsOn).toBe(day("2026-12-30"));
  });

  test("the loan has its members in the order of a sheet from a file, so that the hash is the same", () => {
    const written = {
      stateNoticeMailedAt: "2026-11-01T15:00:00Z",
      negativeInfoFurnishedAt: "2026-11-02T15:00:00Z",
    };
    const { facts } = questionOf({
      facts: { loans: { L1: { ...written, validationPeriodEndsOn: null } } },
    });
    const notice = { loanId: "L1", sentAt: Date.parse("2026-11-20T15:00:00Z") };
    const whole = { kind: "facts", facts, validationNotices: [notice] } as const;
    const dated = questionOf({
      facts: { loans: { L1: { ...written, validationPeriodEndsOn: "2026-12-30" } } },
    });
    expect(JSON.stringify(withValidationPeriods(whole, policy))).toBe(JSON.stringify(dated.facts));
  });
});

describe("content.validation", () => {
  test("validation information is due five days after the initial communication", () => {
    expect(writeDay(validationDeadline(policy, day("2026-11-20")))).toBe("2026-11-25");
  });
});

describe("delivery.undelivered", () => {
  test("a notice that came back was not sent: the dates are those of the one that replaces it", () => {
    const notices = [sent("2026-11-20", "2026-11-21"), sent("2026-11-23")];
    const standing = standingNotice(notices);
    expect(standing).toEqual(sent("2026-11-23"));
    expect(standingNotice(notices.slice(0, 1))).toBeNull();
  });
});

describe("furnish.first", () => {
  test("furnishing is safe 14 days after the last notice that did not come back", () => {
    const returned = sent("2026-05-01", "2026-05-10");
    const safeFrom = furnishingSafeFrom(policy, [returned, sent("2026-05-11")]);
    expect(writeDay(safeFrom ?? 0)).toBe("2026-05-25");
    expect(furnishingSafeFrom(policy, [returned])).toBeNull();
  });
});

describe("record.retention", () => {
  test.each([
    ["2023-11-19", "2026-11-19"],
    ["2023-11-21", "2026-11-21"],
    ["2026-11-01", "2029-11-01"],
    ["2024-02-29", "2027-03-01"],
  ])("a record whose term begins on %s is kept until %s", (from, until) => {
    expect(writeDay(keepUntil(policy, day(from)))).toBe(until);
  });
});
