import { describe, expect, test } from "vitest";
import { settleUnknown, type SettlePolicy } from "../../../src/decide/settle/settle-unknown.ts";
import { outcomeOf, type Attempt } from "../../../src/decide/deliver/outcome.ts";
import type { ProviderAnswer } from "../../../src/domain/provider-answer.ts";
import type { LookupResult, UnknownOutcome } from "../../../src/domain/settle/unknown-outcome.ts";
import { interaction } from "../../ids.ts";

const EVIDENCE = { provider: "smtp", durationMs: 5 };
const at = (second: number): Date => new Date(Date.UTC(2031, 2, 3, 15, 0, second));
const attempt = (rest: Partial<Attempt> = {}): Attempt => ({
  interactionId: interaction("7"),
  channel: "email",
  attempt: 1,
  claims: 1,
  latestAt: null,
  claimedAt: at(0),
  startedAt: at(0),
  endedAt: at(1),
  blame: "message",
  ...rest,
});
const PATIENCE = { retries: [60_000, 600_000], settleWaits: [15_000, 60_000] };
const emitted = {
  statusDetails: "emailDeferred",
  short: "Greylisted",
  long: "Nothing to do.",
  finding: null,
} as const;
const unavailable = (retryAfterMs: number | null = null): ProviderAnswer => ({
  kind: "unavailable",
  ...emitted,
  retryAfterMs,
  evidence: EVIDENCE,
});

const LOGIN_REFUSED: ProviderAnswer = {
  kind: "misconfigured",
  statusDetails: "emailDeferred",
  short: "Login refused",
  long: "Mend it.",
  evidence: EVIDENCE,
};

const REFUSED: ProviderAnswer = {
  kind: "refused",
  statusDetails: "emailBounced",
  short: "No such mailbox",
  long: "Ask for another.",
  finding: "invalid",
  evidence: EVIDENCE,
};

const waitOf = (one: Attempt, answer: ProviderAnswer): number | undefined => {
  const next = outcomeOf(one, answer, PATIENCE).nextAttemptAt;
  return next === null ? undefined : (next.getTime() - one.endedAt.getTime()) / 1_000;
};

test("a fault of ours spends no attempt, whether the provider names it or refuses every recipient", () => {
  const ours = attempt({ blame: "us" });
  for (const answer of [LOGIN_REFUSED, REFUSED])
    expect(outcomeOf(ours, answer, PATIENCE)).toMatchObject({
      status: "scheduled",
      dueAt: new Date(at(1).getTime() + 60_000),
      nextAttemptAt: null,
      finding: null,
    });
  expect(outcomeOf(ours, REFUSED, PATIENCE)).toMatchObject({
    short: "Refused for all recipients",
    long: expect.stringContaining("(No such mailbox)") as string,
  });
});

test("a refusal about us that affects one message only spends its attempts", () => {
  const alone = attempt();
  expect(outcomeOf(alone, LOGIN_REFUSED, PATIENCE)).toMatchObject({
    status: "failed",
    statusDetails: "emailDeferred",
    short: "Login refused",
    dueAt: null,
  });
  expect(waitOf(alone, LOGIN_REFUSED)).toBeGreaterThanOrEqual(60);
  expect(waitOf({ ...alone, attempt: 3 }, LOGIN_REFUSED)).toBeUndefined();
});

describe("an answer that is not final", () => {
  test("is tried again after the schedule's wait, spread over a quarter of it, in whole seconds", () => {
    const waits = Array.from(
      { length: 200 },
      (_, n) => waitOf(attempt({ interactionId: interaction(n) }), unavailable()) ?? 0,
    );
    expect(Math.min(...waits)).toBeGreaterThanOrEqual(60);
    expect(Math.max(...waits)).toBeLessThanOrEqual(75);
    expect(new Set(waits).size).toBeGreaterThan(8);
    expect(waits.every((wait) => Number.isInteger(wait))).toBe(true);
  });

  test("waits as long as the provider asks, where that is longer", () => {
    expect(waitOf(attempt(), unavailable(3_600_000))).toBeGreaterThanOrEqual(3_600);
    expect(waitOf(attempt(), unavailable(1_000))).toBeGreaterThanOrEqual(60);
  });

  test("is tried no more at the end of the schedule, nor when it would be too late", () => {
    expect(waitOf(attempt({ attempt: 2 }), unavailable())).toBeGreaterThanOrEqual(600);
    expect(waitOf(attempt({ attempt: 3 }), unavailable())).toBeUndefined();
    expect(waitOf(attempt({ latestAt: at(30) }), unavailable())).toBeUndefined();
  });
});

describe("an attempt that waits for the same provider", () => {
  const LIMITED: ProviderAnswer = {
    kind: "limited",
    limit: "rate",
    retryAfterMs: null,
    evidence: EVIDENCE,
  };
  const waits = (answer: ProviderAnswer, rest: Partial<Attempt> = {}): number[] =>
    [1, 2, 3, 50].map((claims) => {
      const { dueAt } = outcomeOf(attempt({ claims, ...rest }), answer, PATIENCE);
      return ((dueAt ?? at(1)).getTime() - at(1).getTime()) / 1_000;
    });

  test("waits twice as long each time, up to a quarter of an hour", () => {
    expect(waits(LIMITED)).toEqual([1, 2, 4, 900]);
    expect(waits(LOGIN_REFUSED, { blame: "us" })).toEqual([60, 120, 240, 900]);
  });

  test("waits as long as the provider asks, but not past its latest time", () => {
    const patient: ProviderAnswer = { ...LIMITED, retryAfterMs: 3_000 };
    expect(waits(patient, { latestAt: at(5) })).toEqual([3, 3, 4, 4]);
  });
});

test.each<[string, ProviderAnswer, object]>([
  [
    "accepted",
    {
      kind: "accepted",
      messageId: "abc",
      status: "attempted",
      statusDetails: "emailSent",
      evidence: EVIDENCE,
    },
    {
      status: "attempted",
      statusDetails: "emailSent",
      providerMessageId: "abc",
      nextAttemptAt: null,
    },
  ],
  [
    "refused",
    { kind: "refused", ...emitted, evidence: EVIDENCE },
    { status: "failed", statusDetails: "emailDeferred", nextAttemptAt: null },
  ],
  [
    "limited",
    { kind: "limited", limit: "rate", retryAfterMs: 5_000, evidence: EVIDENCE },
    { status: "scheduled", dueAt: at(6), short: null },
  ],
  [
    "limited without a time",
    { kind: "limited", limit: "rate", retryAfterMs: null, evidence: EVIDENCE },
    { status: "scheduled", dueAt: at(2) },
  ],
  [
    "unknown",
    { kind: "unknown", long: "Nobody knows.", evidence: EVIDENCE },
    {
      status: "attempted",
      statusDetails: "emailOutcomeUnknown",
      settleAt: at(16),
      nextAttemptAt: null,
    },
  ],
])("%s", (_, answer, expected) => {
  expect(outcomeOf(attempt(), answer, PATIENCE)).toMatchObject({
    interactionId: interaction("7"),
    claimedAt: at(0),
    evidence: EVIDENCE,
    ...expected,
  });
});

describe("an unknown outcome", () => {
  const unknown = (rest: Partial<UnknownOutcome> = {}): UnknownOutcome => ({
    interactionId: interaction("7"),
    channel: "email",
    onUnknown: "resend",
    earlierUnknown: 0,
    timesUnknown: 1,
    latestAt: null,
    claimedAt: at(0),
    to: "pat@example.com",
    body: "",
    ...rest,
  });
  const found = {
    kind: "found",
    messageId: "SM1",
    status: "succeeded",
    statusDetails: "textDelivered",
    failure: null,
  } as const;
  const lookedUp = (times: number): SettlePolicy => ({
    timesLookedUp: times,
    waits: [15_000, 60_000],
    retries: [60_000, 600_000],
    now: at(20),
  });

  test.each<[string, UnknownOutcome, LookupResult | undefined, number, object]>([
    ["is sent once more where its type says so", unknown(), undefined, 0, { kind: "resend" }],
    ["is not sent a third time", unknown({ earlierUnknown: 1 }), undefined, 0, { kind: "hold" }],
    [
      "is held if its type has hold",
      unknown({ onUnknown: "hold" }),
      undefined,
      0,
      { kind: "hold" },
    ],
    [
      "is held when it would be too late",
      unknown({ latestAt: at(10) }),
      undefined,
      0,
      { kind: "hold" },
    ],
    [
      "is known once the provider has it",
      unknown(),
      found,
      0,
      {
        kind: "known",
        found: {
          messageId: "SM1",
          status: "succeeded",
          statusDetails: "textDelivered",
          failure: null,
        },
      },
    ],
    [
      "is looked up again while it is early",
      unknown(),
      { kind: "notFound" },
      0,
      { kind: "lookUpAgain", at: at(80) },
    ],
    [
      "was never sent when it is not there the last time",
      unknown(),
      { kind: "notFound" },
      1,
      { kind: "neverSent" },
    ],
    [
      "is sent a third time when it was never taken twice",
      unknown({ timesUnknown: 2 }),
      { kind: "notFound" },
      1,
      { kind: "neverSent" },
    ],
    [
      "is given up when it was sent as often as the channel retries, and never taken",
      unknown({ timesUnknown: 3 }),
      { kind: "notFound" },
      1,
      { kind: "giveUp" },
    ],
    [
      "is held when the provider does not answer the last lookup",
      unknown(),
      { kind: "unavailable" },
      1,
      { kind: "hold" },
    ],
  ])("%s", (_, one, lookup, times, verdict) => {
    expect(settleUnknown(one, lookup, lookedUp(times))).toEqual(verdict);
  });
});
