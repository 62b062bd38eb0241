import { Registry } from "prom-client";
import { describe, expect, test } from "vitest";
import { emitTo } from "../../src/domain/events.ts";
import type { Work } from "../../src/domain/heartbeat.ts";
import { createMetrics, type Metrics, metricOf } from "../../src/observe/metrics.ts";
import type { WorkReader } from "../../src/observe/work-reader.ts";
import { caseChange, interaction } from "../ids.ts";
import { parseExposition, type Sample } from "./exposition.ts";

const WORK: Work = {
  channels: {
    email: { due: 3, oldestDueSeconds: 61.5, inProgress: 2, unknownOutcomes: 1, heldForPerson: 1 },
    text: { due: 0, oldestDueSeconds: 0, inProgress: 0, unknownOutcomes: 0, heldForPerson: 0 },
  },
  unresolvedChanges: 4,
  oldestUnresolvedSeconds: 5,
  receiptsWaiting: 0,
  oldestReceiptSeconds: 0,
  openOddities: 0,
  unreadReplies: 0,
  oldestReplySeconds: 0,
  undeliveredNotices: 0,
  jobsDue: 6,
  jobsRunning: 7,
  jobsGivenUp: 8,
  heldNotices: 3,
  oldestHeldSeconds: 12,
  heldNearDeadline: 1,
  openPauses: 1,
  oldestPauseSeconds: 9,
  pausedChannels: ["text"],
  workers: 2,
};

const create = (readWork: WorkReader = async () => ({ work: WORK, roundTripMs: 2 })): Metrics =>
  createMetrics({
    registry: new Registry(),
    version: "1.2.3",
    readWork,
    readConditions: () => ({ email: "failing", text: "works" }),
  });

async function scrape(metrics: Metrics): Promise<readonly Sample[]> {
  return parseExposition((await metrics.render()).text).samples;
}

const valueOf = (
  samples: readonly Sample[],
  name: string,
  labels: Readonly<Record<string, string>> = {},
): number | undefined =>
  samples.find(
    (one) =>
      one.name === name &&
      Object.entries(labels).every(([label, value]) => one.labels[label] === value),
  )?.value;

describe("the gauges", () => {
  test("have the names and values of the heartbeat's fields", async () => {
    const samples = await scrape(create());
    const { channels, pausedChannels, ...totals } = WORK;
    for (const [field, value] of Object.entries(totals))
      expect([field, valueOf(samples, metricOf(field))]).toEqual([field, value]);
    for (const [channel, work] of Object.entries(channels))
      for (const [field, value] of Object.entries(work))
        expect([field, valueOf(samples, metricOf(field), { channel })]).toEqual([field, value]);
    expect(metricOf("oldestDueSeconds")).toBe("tidings_oldest_due_seconds");
    for (const channel of ["email", "text"] as const)
      expect(valueOf(samples, "tidings_channel_paused", { channel })).toBe(
        Number(pausedChannels.includes(channel)),
      );
    expect(valueOf(samples, "tidings_channel_failing", { channel: "email" })).toBe(1);
    expect(valueOf(samples, "tidings_channel_stopped", { channel: "email" })).toBe(0);
    expect(valueOf(samples, "tidings_database_up")).toBe(1);
    expect(valueOf(samples, "tidings_database_round_trip_seconds")).toBe(0.002);
    expect(valueOf(samples, "tidings_build_info", { version: "1.2.3" })).toBe(1);
  });

  test("of the work have no value while the database does not answer", async () => {
    let read: Awaited<ReturnType<WorkReader>> = { work: WORK, roundTripMs: 2 };
    const metrics = create(async () => read);
    await scrape(metrics);
    read = undefined;
    const samples = await scrape(metrics);
    expect(valueOf(samples, "tidings_database_up")).toBe(0);
    for (const name of ["tidings_due", "tidings_workers", "tidings_database_round_trip_seconds"])
      expect(valueOf(samples, name)).toBeUndefined();
    expect(valueOf(samples, "tidings_channel_failing", { channel: "email" })).toBe(1);
  });
});

test("events are counted and timed, without ids in the labels", async () => {
  const metrics = create();
  const emit = emitTo(() => {}, [metrics.listen]);
  const about = { interactionId: interaction(4_711), channel: "email", provider: "smtp" } as const;
  const sent = { statusDetails: "emailSent", durationMs: 40, dueToSentMs: 2_000 } as const;
  emit("interaction.accepted", { ...about, ...sent });
  emit("interaction.failed", {
    ...about,
    statusDetails: "emailBounced",
    code: "5.1.1",
    why: "No such mailbox",
    durationMs: 20,
    nextAttemptAt: null,
  });
  emit("outcome.leftUnknown", { ...about, code: "workerDied", durationMs: null });
  emit("caseChanges.resolved", {
    caseChanges: 12,
    interactions: 12,
    longestWaitMs: 700,
    firstCaseChangeId: caseChange(4_711),
  });
  emit("http.publicAnswered", {
    requestId: "4711",
    method: "PROPFIND",
    route: "/*",
    status: 404,
    durationMs: 3,
  });
  const samples = await scrape(metrics);
  const email = { channel: "email" };
  const attempts = "tidings_attempts_total";
  expect(valueOf(samples, attempts, { ...email, outcome: "accepted", reason: "none" })).toBe(1);
  expect(valueOf(samples, attempts, { ...email, outcome: "failed", reason: "emailBounced" })).toBe(
    1,
  );
  expect(valueOf(samples, attempts, { ...email, outcome: "unknown" })).toBe(1);
  expect(valueOf(samples, "tidings_provider_latency_seconds_count", email)).toBe(2);
  expect(
    valueOf(samples, "tidings_provider_latency_seconds_bucket", { ...email, le: "0.025" }),
  ).toBe(1);
  expect(valueOf(samples, "tidings_due_to_sent_seconds_sum", email)).toBe(2);
  expect(valueOf(samples, "tidings_resolved_changes_total")).toBe(12);
  expect(valueOf(samples, "tidings_resolve_delay_seconds_sum")).toBe(0.7);
  const request = { method: "other", route: "/*", status: "404" };
  expect(valueOf(samples, "tidings_http_request_duration_seconds_count", request)).toBe(1);
  expect(
    valueOf(samples, "tidings_events_total", { event: "interaction.failed", level: "warn" }),
  ).toBe(1);
  expect(JSON.stringify(samples.map(({ labels }) => labels))).not.toContain("4711");
});

test("two daemons of one process have separate metrics", async () => {
  const one = create();
  const other = create();
  emitTo(() => {}, [one.listen])("metrics.opened", { port: 1 });
  expect(valueOf(await scrape(one), "tidings_events_total")).toBe(1);
  expect(valueOf(await scrape(other), "tidings_events_total")).toBeUndefined();
});
