import { expect, test } from "vitest";
import { momentsIn, showDay, showDuration } from "../../src/commands/cli/moment.ts";

test.each([
  ["2031-01-01T04:59:59Z", "America/New_York", "Tue 2030-12-31 23:59 EST"],
  ["2031-07-01T04:00:00Z", "America/New_York", "Tue 2031-07-01 00:00 EDT"],
  ["2031-07-01T04:00:00Z", "Asia/Kolkata", "Tue 2031-07-01 09:30 GMT+5:30"],
  ["2031-07-01T04:00:00Z", "UTC", "Tue 2031-07-01 04:00 UTC"],
])("%s in %s is %s", (moment, zone, shown) => {
  expect(momentsIn(zone)(new Date(moment))).toBe(shown);
});

test("moments can be shown to the second", () => {
  const show = momentsIn("America/New_York", "seconds");
  expect(show(new Date("2031-07-01T04:00:07Z"))).toBe("Tue 2031-07-01 00:00:07 EDT");
});

test("a day is shown with its weekday", () => {
  expect(showDay("2031-03-03")).toBe("Mon 2031-03-03");
});

test.each([
  [0, "0.0 s"],
  [840, "0.8 s"],
  [59_900, "60 s"],
  [60_000, "1 min"],
  [3_599_000, "59 min"],
  [3_600_000, "1 h"],
  [7_505_000, "2 h 5 min"],
  [86_400_000 * 3 + 59_000, "3 d"],
  [86_400_000 * 3 + 3_600_000 * 5 + 59_000, "3 d 5 h"],
])("%i ms last %s", (ms, shown) => {
  expect(showDuration(ms)).toBe(shown);
});
