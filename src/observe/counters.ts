import { Counter, Gauge, Histogram, type Registry } from "prom-client";
import { type EmittedEvent, EVENTS, type Listen } from "../domain/events.ts";
import { attemptOf } from "./attempt.ts";

/** Seconds. A provider answers in tens of milliseconds or hangs until the deadline. */
const CALL_BUCKETS = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];
/** Seconds, up to days: a notice may wait for a pause. */
const DELAY_BUCKETS = [0.1, 0.5, 1, 5, 15, 60, 300, 900, 3_600, 21_600, 86_400, 259_200];

/** Adds what is counted and timed from the events, and returns the listeners to the events. */
export function addCounters(registry: Registry, version: string): readonly Listen[] {
  const registers = [registry];
  const build = new Gauge({
    name: "tidings_build_info",
    help: "The version of this daemon; always 1.",
    labelNames: ["version"],
    registers,
  });
  build.labels(version).set(1);
  return [
    countEvents(registers),
    countAttempts(registers),
    countResolutions(registers),
    countReceipts(registers),
    timeRequests(registers),
  ];
}

type Registers = Registry[];

function countEvents(registers: Registers): Listen {
  const events = new Counter({
    name: "tidings_events_total",
    help: "Log events, also those below LOG_LEVEL.",
    labelNames: ["event", "level"],
    registers,
  });
  return ({ event }) => events.inc({ event, level: EVENTS[event].level });
}

function countReceipts(registers: Registers): Listen {
  const receipts = new Counter({
    name: "tidings_receipts_total",
    help: "Applied receipts. details are the status details of their message afterwards.",
    labelNames: ["channel", "details"],
    registers,
  });
  return ({ event, fields }) => {
    if (event !== "receipts.applied") return;
    const { channel, statusDetails, receipts: count } = fields;
    receipts.inc({ channel, details: statusDetails }, count);
  };
}

function countAttempts(registers: Registers): Listen {
  const attempts = new Counter({
    name: "tidings_attempts_total",
    help: "Finished calls to a provider. reason is the status details of a failure.",
    labelNames: ["channel", "outcome", "reason"],
    registers,
  });
  const channelTime = (name: string, help: string, buckets: number[]): Histogram =>
    new Histogram({ name, help, buckets, labelNames: ["channel"], registers });
  const latency = channelTime(
    "tidings_provider_latency_seconds",
    "The time from a call to its answer.",
    CALL_BUCKETS,
  );
  const delay = channelTime(
    "tidings_due_to_sent_seconds",
    "The time from when an accepted message was due to the call.",
    DELAY_BUCKETS,
  );
  return (emitted) => {
    const attempt = attemptOf(emitted);
    if (attempt === undefined) return;
    const { channel, outcome, reason, durationMs, dueToSentMs } = attempt;
    attempts.inc({ channel, outcome, reason });
    if (durationMs !== null) latency.observe({ channel }, durationMs / 1_000);
    if (dueToSentMs !== null) delay.observe({ channel }, dueToSentMs / 1_000);
  };
}

function countResolutions(registers: Registers): Listen {
  const resolved = new Counter({
    name: "tidings_resolved_changes_total",
    help: "Case changes that this daemon has resolved.",
    registers,
  });
  const delay = new Histogram({
    name: "tidings_resolve_delay_seconds",
    help: "The time from the arrival of the first case change that was resolved together with others.",
    buckets: DELAY_BUCKETS,
    registers,
  });
  return ({ event, fields }) => {
    if (event !== "caseChanges.resolved") return;
    resolved.inc(fields.caseChanges);
    delay.observe(fields.longestWaitMs / 1_000);
  };
}

/** Callers choose the method, so others than these are one label. */
const METHODS: ReadonlySet<string> = new Set(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]);

function timeRequests(registers: Registers): Listen {
  const requests = new Histogram({
    name: "tidings_http_request_duration_seconds",
    help: "The time to answer a request to the REST resources.",
    buckets: CALL_BUCKETS,
    labelNames: ["method", "route", "status"],
    registers,
  });
  return (emitted) => {
    const request = requestOf(emitted);
    if (request === undefined) return;
    const { method, route, status, durationMs } = request;
    const labels = { method: METHODS.has(method) ? method : "other", route, status };
    requests.observe(labels, durationMs / 1_000);
  };
}

type Answered = Extract<EmittedEvent, { event: "http.answered" }>["fields"];

function requestOf({
  event,
  fields,
}: EmittedEvent): Pick<Answered, "method" | "route" | "status" | "durationMs"> | undefined {
  return event === "http.answered" || event === "http.publicAnswered" || event === "http.denied"
    ? fields
    : undefined;
}
