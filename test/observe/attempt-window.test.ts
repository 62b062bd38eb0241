import { expect, test } from "vitest";
import { createAttemptWindow } from "../../src/observe/attempt-window.ts";
import type { Attempt } from "../../src/observe/attempt.ts";

const attempt = (durationMs: number | null, rest: Partial<Attempt> = {}): Attempt => ({
  channel: "email",
  outcome: "accepted",
  reason: "none",
  durationMs,
  dueToSentMs: 0,
  ...rest,
});

test("a window counts attempts a second, percentiles by nearest rank, and failures by reason", () => {
  const window = createAttemptWindow();
  for (let ms = 1; ms <= 100; ms += 1) window.add(attempt(ms));
  window.add(attempt(7, { channel: "text", outcome: "failed", reason: "textUndelivered" }));
  window.add(attempt(null, { channel: "text", outcome: "unknown" }));
  expect(window.take(10)).toEqual({
    attemptsPerSecond: 10.2,
    failedByReason: { textUndelivered: 1 },
    channels: {
      email: { attemptsPerSecond: 10, latencyP50Ms: 50, latencyP95Ms: 95 },
      text: { attemptsPerSecond: 0.2, latencyP50Ms: 7, latencyP95Ms: 7 },
    },
  });
});

test("a window begins empty after each summary", () => {
  const window = createAttemptWindow();
  window.add(attempt(5));
  window.take(30);
  expect(window.take(30)).toEqual({ attemptsPerSecond: 0, failedByReason: {}, channels: {} });
});
