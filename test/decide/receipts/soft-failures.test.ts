import { expect, test } from "vitest";
import { isBeyondLimit } from "../../../src/decide/receipts/soft-failures.ts";

const SENT_AT = new Date("2026-11-20T16:30:00Z");
const HOUR_MS = 3_600_000;

test.each([
  [[0, 4, 8], true],
  [[8, 0, 4], true],
  [[0, 1, 2], false],
  [[0, 8], false],
  [[0, 0, 7], true],
])("full mailboxes on days %s end an address: %s", (days, ends) => {
  const dates = days.map((day) => new Date(SENT_AT.getTime() + day * 24 * HOUR_MS));
  expect(isBeyondLimit({ count: 3, overDays: 7, makes: "invalid" }, dates)).toBe(ends);
});

test.each([
  [[0, 10, 30], true],
  [[0, 10, 31], false],
  [[0, 31, 40, 50], true],
])("unreachable handsets on days %s end a number for texts: %s", (days, ends) => {
  const dates = days.map((day) => new Date(SENT_AT.getTime() + day * 24 * HOUR_MS));
  expect(isBeyondLimit({ count: 3, withinDays: 30, makes: "notTextable" }, dates)).toBe(ends);
});
