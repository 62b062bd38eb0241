import { expect, test } from "vitest";
import { effectsOfLineType } from "../../../src/decide/receipts/line-type.ts";
import { progressAt, silentFrom } from "../../../src/decide/receipts/silence.ts";
import { isBeyondLimit } from "../../../src/decide/receipts/soft-failures.ts";

const SENT_AT = new Date("2026-11-20T16:30:00Z");
const HOUR_MS = 3_600_000;
const text = {
  channel: "text",
  progress: { status: "attempted", statusDetails: "textSent" },
  lastHeardAt: SENT_AT,
  waitMs: 72 * HOUR_MS,
} as const;

test("a text without a receipt becomes textNoReceipt after its channel's time, and no sooner", () => {
  const at = (hours: number): Date => new Date(SENT_AT.getTime() + hours * HOUR_MS);
  expect(silentFrom(text)).toEqual(at(72));
  expect(progressAt(text, at(71)).statusDetails).toBe("textSent");
  expect(progressAt(text, at(72))).toEqual({
    status: "attempted",
    statusDetails: "textNoReceipt",
  });
});

test.each([
  ["succeeded", "textDelivered"],
  ["failed", "textFailed"],
  ["attempted", "textOutcomeUnknown"],
] as const)("%s %s waits for no receipt", (status, statusDetails) => {
  expect(silentFrom({ ...text, progress: { status, statusDetails } })).toBeNull();
});

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

test("only a landline is known to take no texts", () => {
  expect(effectsOfLineType("landline")).toEqual([{ kind: "notTextable" }]);
  for (const lineType of ["mobile", "voip", "tollfree", "unknown"] as const)
    expect(effectsOfLineType(lineType)).toEqual([]);
});
