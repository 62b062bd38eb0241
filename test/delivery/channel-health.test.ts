import { describe, expect, test } from "vitest";
import { createChannelHealth } from "../../src/delivery/channel-health.ts";
import type { ProviderAnswer } from "../../src/domain/provider-answer.ts";

const at = (second: number): Date => new Date(Date.UTC(2031, 2, 3, 15, 0, second));
const evidence = { provider: "smtp", code: "ECONNREFUSED", durationMs: 1 };
const ACCEPTED: ProviderAnswer = {
  kind: "accepted",
  messageId: null,
  status: "attempted",
  statusDetails: "emailSent",
  evidence,
};
const REASON = {
  statusDetails: "emailBounced",
  short: "Not reached",
  long: "Not reached.",
} as const;
const UNAVAILABLE: ProviderAnswer = {
  kind: "unavailable",
  ...REASON,
  finding: null,
  retryAfterMs: null,
  evidence,
};
const LOGIN: ProviderAnswer = {
  kind: "misconfigured",
  ...REASON,
  short: "Login refused",
  evidence: { provider: "smtp", code: "535", enhancedCode: "5.7.8", text: "Denied", durationMs: 1 },
};

describe("a channel", () => {
  test("fails after three temporary failures in a row, since the first of them", () => {
    const health = createChannelHealth();
    health.note(UNAVAILABLE, null, at(1));
    health.note(UNAVAILABLE, null, at(2));
    expect(health.read(at(2))).toMatchObject({ condition: "works", failures: 0 });
    health.note({ kind: "unknown", long: "No answer.", evidence }, null, at(3));
    expect(health.read(at(3))).toMatchObject({
      condition: "failing",
      since: at(1).toISOString(),
      why: "Outcome unknown",
      words: "ECONNREFUSED",
      failures: 3,
    });
    health.note(ACCEPTED, null, at(4));
    expect(health.read(at(4))).toMatchObject({ condition: "works", since: null, words: null });
  });

  test("does not fail by failures that name a contact, or with a refused message in between", () => {
    const health = createChannelHealth();
    for (const second of [1, 2, 3, 4])
      health.note({ ...UNAVAILABLE, finding: "invalid" }, null, at(second));
    health.note(UNAVAILABLE, null, at(5));
    health.note(UNAVAILABLE, null, at(6));
    health.note({ kind: "refused", ...REASON, finding: null, evidence }, null, at(7));
    health.note(UNAVAILABLE, null, at(8));
    expect(health.read(at(8)).condition).toBe("works");
  });

  test("has stopped from the answer that opens its circuit to the one that closes it", () => {
    const health = createChannelHealth();
    health.note(LOGIN, "open", at(1));
    health.note(LOGIN, null, at(61));
    expect(health.read(at(61))).toMatchObject({
      condition: "stopped",
      since: at(1).toISOString(),
      why: "Login refused",
      words: "535 5.7.8 Denied",
    });
    health.note(ACCEPTED, "closed", at(120));
    expect(health.read(at(120))).toMatchObject({ condition: "works", failures: 0 });
  });

  test("counts the answers of the last minute and of the last five", () => {
    const health = createChannelHealth();
    for (let second = 0; second < 240; second += 1)
      health.note(second % 2 === 0 ? ACCEPTED : LOGIN, null, at(second));
    expect(health.read(at(239))).toMatchObject({
      lastMinute: { answered: 60, accepted: 30 },
      lastFiveMinutes: { answered: 240, accepted: 120 },
    });
    expect(health.read(at(1_000)).lastFiveMinutes).toEqual({ answered: 0, accepted: 0 });
  });
});
