import { describe, expect, test } from "vitest";
import {
  furnishingSafeFrom,
  keepUntil,
  standingNotice,
  validationDates,
  validationDeadline,
} from "../../../src/decide/guard/duties.ts";
import { builtInPolicy } from "../../../src/decide/guard/policy/policy.ts";
import { type Day, readDay, writeDay } from "../../../src/domain/guard/moments.ts";

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
