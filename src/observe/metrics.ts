import { Gauge, type GaugeConfiguration, Registry } from "prom-client";
import type { Listen } from "../domain/events.ts";
import type { ChannelCondition } from "../domain/channel-state.ts";
import type { ChannelWork, Work } from "../domain/heartbeat.ts";
import type { Channel } from "../domain/vocabulary.ts";
import { addCounters } from "./counters.ts";
import type { ReadWork, WorkReader } from "./work-reader.ts";

/** The metrics of one daemon. */
export interface Metrics {
  /** Counts an event. */
  readonly listen: Listen;
  /** The metrics in the text format of Prometheus. */
  readonly render: () => Promise<{ readonly text: string; readonly contentType: string }>;
}

export type ReadConditions = () => Readonly<Partial<Record<Channel, ChannelCondition>>>;

export interface MetricsOptions {
  /** Not prom-client's global registry, which all daemons of a process would share. */
  readonly registry: Registry;
  readonly version: string;
  readonly readWork: WorkReader;
  readonly readConditions: ReadConditions;
}

/** Fields of the heartbeat line, which are gauges under the same names: `oldestDueSeconds` is tidings_oldest_due_seconds. */
const CHANNEL_GAUGES: Readonly<Record<keyof ChannelWork, string>> = {
  due: "Interactions that are due and not sent, also those that a pause, a stopped channel or a limit has put off.",
  oldestDueSeconds: "Seconds since the oldest interaction that is not sent was due.",
  inProgress: "Interactions that are with a provider.",
  unknownOutcomes: "Interactions of which it is unknown whether the provider accepted them.",
  heldForPerson: "Unknown outcomes that a person must settle.",
};
const GAUGES: Readonly<Record<Exclude<keyof Work, "channels" | "pausedChannels">, string>> = {
  unresolvedChanges: "Case changes that are not resolved.",
  oldestUnresolvedSeconds: "Seconds since the oldest unresolved case change arrived.",
  receiptsWaiting: "Receipts that are not applied.",
  oldestReceiptSeconds: "Seconds since the oldest receipt that is not applied arrived.",
  openOddities: "Receipts that fit no message or no documented sequence.",
  unreadReplies: "Replies that wait for a person.",
  oldestReplySeconds: "Seconds since the oldest reply that waits for a person arrived.",
  undeliveredNotices:
    "Notices that the law requires, that did not arrive, and that nothing has replaced.",
  jobsDue: "Jobs of the queue that are due and not taken.",
  jobsRunning: "Jobs of the queue that run.",
  jobsGivenUp: "Jobs that the queue does not run again.",
  heldNotices: "Notices that the guard leaves to a person.",
  oldestHeldSeconds: "Seconds since the oldest of them was held.",
  heldNearDeadline: "Held notices whose latest time is within a day, or has passed.",
  openPauses: "Pauses that are open.",
  oldestPauseSeconds: "Seconds since the oldest open pause began.",
  workers: "Daemons with a recent heartbeat.",
};

/** The name of the metric of a field of the heartbeat line. */
export const metricOf = (field: string): string =>
  `tidings_${field.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)}`;

/**
 * Fills the registry. The labels are closed sets: channels, outcomes, status details, routes and names of events. No label is an id
 * or a value of a borrower. If the database does not answer, tidings_database_up is 0 and the gauges of the work have no value.
 */
export function createMetrics(options: MetricsOptions): Metrics {
  addWork(options);
  addDatabase(options);
  addConditions(options);
  const listeners = addCounters(options.registry, options.version);
  return {
    listen(emitted) {
      for (const listen of listeners) listen(emitted);
    },
    render: async () => ({
      text: await options.registry.metrics(),
      contentType: Registry.PROMETHEUS_CONTENT_TYPE,
    }),
  };
}

type GaugeShown = Pick<GaugeConfiguration<"channel">, "name" | "help" | "labelNames">;

/** Adds a gauge that `fill` sets at each scrape. */
function addGauge(
  registry: Registry,
  shown: GaugeShown,
  fill: (gauge: Gauge) => void | Promise<void>,
): void {
  const gauge: Gauge = new Gauge({ ...shown, registers: [], collect: () => fill(gauge) });
  registry.registerMetric(gauge);
}

/** A gauge of the shared read, which has no value without one. */
const addGaugeOfWork = (
  { registry, readWork }: MetricsOptions,
  shown: GaugeShown,
  set: (gauge: Gauge, read: ReadWork) => void,
): void =>
  addGauge(registry, shown, async (gauge) => {
    const read = await readWork();
    gauge.reset();
    if (read !== undefined) return set(gauge, read);
    // prom-client sets a gauge without labels to 0 when it is reset
    if (shown.labelNames === undefined) gauge.remove();
  });

const BY_CHANNEL: Pick<GaugeShown, "labelNames"> = { labelNames: ["channel"] };

function addWork(options: MetricsOptions): void {
  for (const [field, help] of entriesOf(GAUGES))
    addGaugeOfWork(options, { name: metricOf(field), help }, (gauge, { work }) =>
      gauge.set(work[field]),
    );
  for (const [field, help] of entriesOf(CHANNEL_GAUGES))
    addGaugeOfWork(options, { name: metricOf(field), help, ...BY_CHANNEL }, (gauge, { work }) => {
      for (const [channel, ofChannel] of entriesOf(work.channels))
        gauge.set({ channel }, ofChannel?.[field] ?? 0);
    });
  const paused = "1 while a pause stops the channel.";
  addGaugeOfWork(
    options,
    { name: "tidings_channel_paused", help: paused, ...BY_CHANNEL },
    (gauge, { work }) => {
      for (const [channel] of entriesOf(work.channels))
        gauge.set({ channel }, Number(work.pausedChannels.includes(channel)));
    },
  );
}

function addDatabase(options: MetricsOptions): void {
  const roundTrip = "The time of the shortest statement.";
  addGaugeOfWork(
    options,
    { name: "tidings_database_round_trip_seconds", help: roundTrip },
    (gauge, { roundTripMs }) => gauge.set(roundTripMs / 1_000),
  );
  const up = "1 if the last read of the database succeeded.";
  addGauge(options.registry, { name: "tidings_database_up", help: up }, async (gauge) =>
    gauge.set(Number((await options.readWork()) !== undefined)),
  );
}

function addConditions({ registry, readConditions }: MetricsOptions): void {
  const add = (name: string, help: string, condition: ChannelCondition): void =>
    addGauge(registry, { name, help, ...BY_CHANNEL }, (gauge) => {
      for (const [channel, now] of entriesOf(readConditions()))
        gauge.set({ channel }, Number(now === condition));
    });
  const stopped =
    "1 while the channel is stopped: the provider refuses our login, sender or quota.";
  add("tidings_channel_stopped", stopped, "stopped");
  const failing =
    "1 while several calls in a row have failed, for example with a refused connection.";
  add("tidings_channel_failing", failing, "failing");
}

const entriesOf = <Key extends string, Value>(
  record: Readonly<Partial<Record<Key, Value>>>,
): [Key, Value][] => Object.entries(record) as [Key, Value][];
