import { EventEmitter } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import {
  Logger,
  run,
  type LogFunctionFactory,
  type Runner,
  type TaskList,
  type WorkerEvents,
  type WorkerPool,
} from "graphile-worker";
import type { Pool, PoolClient } from "pg";
import type { Emit } from "../../domain/events.ts";
import { createIntervalLimit } from "../../interval-limit.ts";
import { codeOf } from "../postgres/error-code.ts";
import type { Outages } from "../postgres/outages.ts";
import { MIGRATION_CHANNEL, QUEUE_SCHEMA, withOwnChannels } from "../postgres/queue-schema.ts";
import { outageCode, retryOnOutage } from "../postgres/retry.ts";
import { withMethod } from "../postgres/with-method.ts";

export interface Queue {
  /** The name under which the queue locks our jobs. */
  readonly poolId: string;
  /** The jobs that run in this process. */
  readonly running: ReadonlySet<string>;
  /** Resolves if the queue is broken: end the process and start it again. */
  readonly broken: Promise<Error>;
  /**
   * Takes no new job and waits for the running ones. After `graceMs` it returns them to the queue. If `hopeless` stays
   * true for some time it neither waits nor returns them: other daemons unlock the jobs of a worker that is not on the
   * list.
   */
  stop(graceMs: number, hopeless?: () => boolean): Promise<void>;
}

export interface QueueOptions {
  readonly pool: Pool;
  readonly taskList: TaskList;
  readonly concurrency: number;
  readonly emit: Emit;
  readonly outages: Outages;
}

/**
 * This many failed fetches in a row per job slot mean that the queue no longer works, not that the database is
 * unreachable.
 */
const MISSES_PER_SLOT = 60;

/** The only outage code after which graphile-worker 0.18 retries a statement. */
const CANNOT_CONNECT_NOW = "57P03";

/** A condition that is true in this many checks at this interval (ms) is not a short interruption. */
const HOPELESS_LOOKS = 10;
const HOPELESS_LOOK_MS = 100;
/** The limit for the statement that returns jobs (ms). */
const HAND_BACK_MS = 2_000;

/**
 * graphile-worker 0.18 does not await the statement that completes or fails a job. While the database cannot be
 * reached, that causes an unhandled rejection and a job locked for four hours. With this pool it waits for a
 * connection, however long, and a statement that found a dead connection fails with the code that graphile-worker
 * retries. After `givenUp` no caller waits for an answer any more, and none is given. The callback form of connect is
 * passed through, because LISTEN uses it and retries by itself.
 */
function retryingPool(pool: Pool, outages: Outages, givenUp: AbortSignal): Pool {
  const connect = async (): Promise<PoolClient> => {
    const client = await retryOnOutage(() => pool.connect(), {
      signal: givenUp,
      onOutage: (code) => outages.begin("queue", code),
    }).catch(async (error: unknown) => {
      if (givenUp.aborted) await new Promise(() => {});
      throw error;
    });
    const query = client.query.bind(client) as (...words: unknown[]) => Promise<unknown>;
    return withMethod(client, "query", (...words: unknown[]) =>
      query(...words).catch((error: unknown) => {
        if (outageCode(error) === undefined) throw error;
        throw Object.assign(new Error("the database is away"), { code: CANNOT_CONNECT_NOW });
      }),
    );
  };
  return withMethod(pool, "connect", (callback?: Parameters<Pool["connect"]>[0]) =>
    callback ? pool.connect(callback) : connect(),
  );
}

interface LoggedJob {
  readonly id: string;
  readonly task_identifier: string;
  readonly attempts: number;
}

/** The queue logs a failed job with its payload. Only the permitted fields and the first line are kept. */
function createQueueLogger(emit: Emit): Logger {
  const make: LogFunctionFactory = (scope) => (_level, message, meta) => {
    const job = meta?.["job"] as LoggedJob | undefined;
    const line = message.split("\n", 1)[0] ?? "";
    const about = {
      jobId: job?.id ?? null,
      task: job?.task_identifier ?? null,
      attempt: job?.attempts ?? null,
    };
    // a failure has a separate event, without the error's text
    if (!line.startsWith("Failed task"))
      emit("queue.logged", { scope: scope.label ?? "", line, ...about });
  };
  return new Logger(make);
}

/**
 * Returns a function that checks whether a newer Tidings has broken the queue's schema since now. Calls during a check share it. Its
 * promise never rejects: during an outage it resolves to false.
 */
async function watchMigrations(pool: Pool): Promise<() => Promise<boolean>> {
  const newestId = `select coalesce(max(m.id), 0) as id from ${QUEUE_SCHEMA}.migrations m`;
  const { rows } = await pool.query<{ id: number }>(newestId);
  const known = rows[0]?.id ?? 0;
  let looking: Promise<boolean> | undefined;
  const look = async (): Promise<boolean> => {
    const { rowCount } = await pool.query(
      `select from ${QUEUE_SCHEMA}.migrations m where m.breaking and m.id > $1 limit 1`,
      [known],
    );
    return rowCount === 1;
  };
  return () =>
    (looking ??= look()
      .catch(() => false)
      .finally(() => (looking = undefined)));
}

interface Heard {
  readonly events: WorkerEvents;
  readonly broken: PromiseWithResolvers<Error>;
  readonly running: Set<string>;
  workers: WorkerPool | undefined;
}

/**
 * Listens for two conditions that the queue does not report: that it no longer receives jobs, and that a job failed.
 */
function listenTo(concurrency: number, emit: Emit): Heard {
  const heard: Heard = {
    events: new EventEmitter(),
    broken: Promise.withResolvers<Error>(),
    running: new Set(),
    workers: undefined,
  };
  const { events, broken, running } = heard;
  let misses = 0;
  events.on("pool:create", ({ workerPool }) => {
    heard.workers = workerPool; // a thenable: it must never be returned from an async function
  });
  events.on("pool:fatalError", ({ error }) => broken.resolve(error as Error));
  events.on("worker:getJob:empty", () => (misses = 0));
  events.on("job:start", ({ job }) => {
    misses = 0;
    running.add(job.id);
  });
  events.on("job:complete", ({ job }) => running.delete(job.id));
  // if its first lookup fails, 0.18 keeps the failure and never receives another notification
  events.on("worker:getJob:error", ({ error }) => {
    misses += 1;
    if (misses >= MISSES_PER_SLOT * concurrency) broken.resolve(error as Error);
  });
  const mayReport = createIntervalLimit(60_000);
  events.on("job:error", ({ job: { id, task_identifier: task, attempts }, error }) => {
    const code = codeOf(error);
    if (code === NOT_CARRIED && !mayReport()) return;
    emit("job.failed", { jobId: id, task, attempt: attempts, code });
  });
  return heard;
}

/** Each job of a channel without a provider fails with this code at each try. A line for each failure would flood the log. */
const NOT_CARRIED = "CHANNEL_NOT_CARRIED";

async function breakIf(
  isMigrated: () => Promise<boolean>,
  broken: PromiseWithResolvers<Error>,
): Promise<void> {
  if (await isMigrated())
    broken.resolve(new Error("a newer version of Tidings has migrated the queue"));
}

/** Starts taking jobs. Resolves once the queue is listening. */
export async function openQueue({
  pool,
  taskList,
  concurrency,
  emit,
  outages,
}: QueueOptions): Promise<Queue> {
  const heard = listenTo(concurrency, emit);
  const { events, broken } = heard;
  const isMigrated = await watchMigrations(pool);
  events.on("pool:listen:notification", ({ message }) => {
    if (message.channel === MIGRATION_CHANNEL) void breakIf(isMigrated, broken);
  });
  let stopping = false;
  const givenUp = new AbortController();
  const runner = await run({
    pgPool: retryingPool(withOwnChannels(pool), outages, givenUp.signal),
    schema: QUEUE_SCHEMA,
    taskList,
    events,
    logger: createQueueLogger(emit),
    noHandleSignals: true,
    concurrency,
    pollInterval: 2_000,
    crontab: " ", // no cron of ours, and no search for a file of it
    gracefulShutdownAbortTimeout: 5_000,
  });
  runner.promise.then(
    () => stopping || broken.resolve(new Error("the queue ended by itself")),
    (error: unknown) => broken.resolve(error as Error),
  );
  return {
    poolId: heard.workers?.id ?? "",
    running: heard.running,
    broken: broken.promise,
    async stop(graceMs, hopeless = () => false) {
      stopping = true;
      await stopRunner(runner, heard.workers, { graceMs, hopeless });
      givenUp.abort();
    },
  };
}

interface Stopping {
  readonly graceMs: number;
  readonly hopeless: () => boolean;
}

async function stopRunner(
  runner: Runner,
  workers: WorkerPool | undefined,
  { graceMs, hopeless }: Stopping,
): Promise<void> {
  const looking = new AbortController();
  const ended = await Promise.race([
    settled(runner.stop("shutdown")),
    sleep(graceMs, "late" as const, { ref: false }),
    staysTrue(hopeless, looking.signal),
  ]);
  looking.abort();
  if (ended !== "late" || !workers) return;
  // runner.kill() does nothing here, because its pool is already inactive
  await Promise.race([
    settled(workers.forcefulShutdown("shutdown deadline")),
    sleep(HAND_BACK_MS, undefined, { ref: false }),
  ]);
}

const settled = async (work: unknown): Promise<"settled"> => {
  await Promise.resolve(work).catch(() => {});
  return "settled";
};

/** Resolves when the condition was true in several checks in a row. */
async function staysTrue(condition: () => boolean, until: AbortSignal): Promise<"hopeless"> {
  for (let looks = 0; looks < HOPELESS_LOOKS && !until.aborted; looks += 1) {
    if (!condition()) looks = -1;
    await sleep(HOPELESS_LOOK_MS, undefined, { ref: false });
  }
  return "hopeless";
}
