import { Registry } from "prom-client";
import type { Config } from "./config.ts";
import type { DeliveryChannels } from "./deps.ts";
import { type Emit, emitTo, type Listen } from "./domain/events.ts";
import { CHANNELS, type Channel } from "./domain/vocabulary.ts";
import { createMetricsApp } from "./http/metrics.ts";
import { openServer } from "./http/server.ts";
import { attemptOf } from "./observe/attempt.ts";
import { createAttemptWindow } from "./observe/attempt-window.ts";
import { startHeartbeat } from "./observe/heartbeat.ts";
import { createMetrics, type ReadConditions } from "./observe/metrics.ts";
import { createWorkReader } from "./observe/work-reader.ts";
import { closePool, createDb, openPool } from "./store/postgres/db.ts";
import { VERSION } from "./version.ts";

interface ObservingOptions {
  readonly config: Config;
  readonly databaseUrl: string;
  readonly emit: Emit;
}

/** The parts that count the events, before the channels are open. */
export interface Observing {
  /** Emits to the log, and counts for the metrics and the heartbeat line. */
  readonly emit: Emit;
  /** Serves the metrics and starts the heartbeat lines, until `open` is disposed. */
  start(open: AsyncDisposableStack, channels: DeliveryChannels): Promise<void>;
}

/** The connections of the heartbeat line and the metrics. */
export const OBSERVER_CONNECTIONS = 1;
const STATEMENT_MS = 3_000;
/** The time for which scrapes may continue when the daemon stops (ms). Then they are cut off. */
const DRAIN_MS = 1_000;
/** A scraper waits ten seconds unless set otherwise. */
const READER_TIMES = { maxAgeMs: 5_000, deadlineMs: 5_000 };

/** Counts the events of a daemon. Its connections are separate, so that busy jobs do not make it blind. */
export function createObserving({ config, databaseUrl, emit }: ObservingOptions): Observing {
  const attempts = createAttemptWindow();
  const listeners: Listen[] = [
    (emitted) => {
      const attempt = attemptOf(emitted);
      if (attempt !== undefined) attempts.add(attempt);
    },
  ];
  const observed = emitTo(emit, listeners);
  return {
    emit: observed,
    async start(open, channels) {
      const onLost = (code: string): void => observed("connection.lost", { code });
      const pool = openPool({
        url: databaseUrl,
        actor: "observer",
        max: OBSERVER_CONNECTIONS,
        onLost,
        statementMs: STATEMENT_MS,
      });
      open.defer(() => closePool(pool));
      const db = createDb(pool);
      const readConditions = conditionsOf(channels);
      const carried = Object.keys(readConditions()) as Channel[];
      const readWork = createWorkReader(db, carried, READER_TIMES);
      const seen = { version: VERSION, readWork, readConditions };
      const metrics = createMetrics({ ...seen, registry: new Registry() });
      listeners.push(metrics.listen);
      if (config.metrics) {
        const app = createMetricsApp({ healthDb: db, renderMetrics: metrics.render });
        const server = await openServer(app.fetch, config.metrics);
        open.defer(() => server.stop(DRAIN_MS));
        observed("metrics.opened", { port: server.port });
      }
      const everyMs = config.logHeartbeatSeconds * 1_000;
      const heartbeat = startHeartbeat({ ...seen, emit: observed, everyMs, attempts });
      open.defer(() => heartbeat.stop());
    },
  };
}

/** Reads the conditions of the channels of this daemon. */
const conditionsOf =
  (channels: DeliveryChannels): ReadConditions =>
  () =>
    Object.fromEntries(
      CHANNELS.flatMap((name) => {
        const channel = channels[name];
        return channel === undefined ? [] : [[name, channel.health.read(new Date()).condition]];
      }),
    );
