import { hostname } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { randomBytes } from "node:crypto";
import type { Pool } from "pg";
import { openChannels, type OpenChannels } from "./channels.ts";
import { openSharedClock, type SharedClock } from "./clock.ts";
import type { Config } from "./config.ts";
import { createInFlight, type InFlight } from "./delivery/in-flight.ts";
import type { Deps } from "./deps.ts";
import type { Emit } from "./domain/events.ts";
import type { Receipt } from "./domain/receipt.ts";
import { syncChannelProviders } from "./store/deliver/channels.ts";
import { openDb, openPool } from "./store/postgres/db.ts";
import { startEmbeddedPostgres } from "./store/postgres/embedded-postgres.ts";
import { migrate } from "./store/postgres/migrate.ts";
import { checkPreconditions } from "./store/postgres/preconditions.ts";
import { retryOnOutage } from "./store/postgres/retry.ts";
import { refuseOutage } from "./store/postgres/unreachable.ts";
import { openQueue, type Queue } from "./store/queue/queue.ts";
import { recordReceipt } from "./store/deliver/receipts.ts";
import { openRecorder } from "./store/deliver/recorder.ts";
import { createSeal } from "./seal.ts";
import { openTemplates } from "./store/deliver/template-cache.ts";
import { recordHeartbeat, deregisterWorker } from "./store/queue/workers.ts";
import { openHttp } from "./http-service.ts";
import { openTaskList } from "./task-list.ts";
import { startMaintenance } from "./maintenance.ts";

/** A running daemon. */
export interface Daemon {
  readonly workerId: string;
  readonly databaseUrl: string;
  /** Resolves if the daemon cannot continue. Stop it and restart the process. */
  readonly broken: Promise<Error>;
  /** Accepts no new work, finishes and records the calls in flight, and closes everything. */
  stop(): Promise<void>;
}

/** Connections in addition to those of the jobs: two of the queue, the recorder, maintenance. */
const SPARE_CONNECTIONS = 4;
const FIRST_CONNECTION_PATIENCE_MS = 60_000;

/**
 * Opens everything in order. What was opened is closed in reverse order, also if a later step fails. `told` ends the wait for
 * a database that does not answer.
 */
export async function openDaemon(config: Config, emit: Emit, told?: AbortSignal): Promise<Daemon> {
  const open = new AsyncDisposableStack();
  try {
    return await openOn(open, { config, emit, told });
  } catch (error) {
    await open.disposeAsync();
    throw error;
  }
}

interface Opening {
  readonly config: Config;
  readonly emit: Emit;
  readonly told: AbortSignal | undefined;
}

async function openOn(
  open: AsyncDisposableStack,
  { config, emit, told }: Opening,
): Promise<Daemon> {
  const began = performance.now();
  const workerId = `${hostname()}-${process.pid}-${randomBytes(3).toString("hex")}`;
  const databaseUrl = config.databaseUrl ?? (await openEmbedded(open, config));
  const pool = openPool({
    url: databaseUrl,
    actor: `daemon:${workerId}`,
    max: config.concurrency * 2 + SPARE_CONNECTIONS,
    onLost: (code) => emit("database.connectionLost", { code }),
  });
  open.defer(() => pool.end());
  // The database may start after the daemon, because containers start in any order.
  const setUp = async (): Promise<string[]> => {
    await checkPreconditions({ url: databaseUrl, pool });
    return await migrate(pool, config.migration);
  };
  const migrations = await retryOnOutage(setUp, {
    maxWaitMs: FIRST_CONNECTION_PATIENCE_MS,
    signal: told,
    onOutage: (code) => emit("database.unreachable", { code, waitingFor: "start" }),
  }).catch(refuseOutage);
  if (migrations.length > 0) emit("daemon.migrated", { migrations });

  const carrying = await openChannels(config, (receipt) => takeReceipt(pool, emit, receipt));
  open.defer(() => carrying.close());
  const stopping = new AbortController();
  const clock = openSharedClock();
  const deps = depsOf({ config, emit, workerId, pool, carrying, stopping, clock });
  const { email, text } = carrying.channels;
  await syncChannelProviders(deps.db, {
    ...(email && { email: email.provider.name }),
    ...(text && { text: text.provider.name }),
  });
  const { broken } = await takeWork(open, { config, deps, pool, stopping, clock });
  if (config.http) await openHttp(open, { config, http: config.http, databaseUrl, emit });
  emit("daemon.ready", { workerId, startedInMs: Math.round(performance.now() - began) });
  return { workerId, databaseUrl, broken, stop: () => open.disposeAsync() };
}

/** Reports a receipt that cannot be recorded, because the provider does not repeat it. */
function takeReceipt(pool: Pool, emit: Emit, receipt: Receipt): void {
  const { interactionId, status, evidence } = receipt;
  const code = evidence.enhancedCode ?? evidence.code ?? "none";
  retryOnOutage(() => recordReceipt(openDb(pool), receipt), {
    onOutage: (outage) => emit("database.unreachable", { code: outage, waitingFor: "recorder" }),
  }).then(
    (moved) => emit("interaction.receipt", { interactionId, status, code, moved }),
    () => emit("interaction.notRecorded", { interactionId }),
  );
}

interface Opened {
  readonly config: Config;
  readonly emit: Emit;
  readonly workerId: string;
  readonly pool: Pool;
  readonly carrying: OpenChannels;
  readonly stopping: AbortController;
  readonly clock: SharedClock;
}

function depsOf({ config, emit, workerId, pool, carrying, stopping, clock }: Opened): Deps {
  const db = openDb(pool);
  return {
    db,
    clock: clock.now,
    emit,
    workerId,
    lender: config.lender,
    withinMs: config.within,
    emailFrom: config.emailFrom,
    textFrom: carrying.textFrom,
    recipientsAllowed: config.recipientsAllowed,
    channels: carrying.channels,
    recorder: openRecorder({
      db,
      onOutage: (code) => emit("database.unreachable", { code, waitingFor: "recorder" }),
    }),
    loadTemplates: openTemplates(db),
    seal: createSeal(config.contentKeys),
    inFlight: createInFlight(),
    stopping: stopping.signal,
  };
}

interface Work {
  readonly config: Config;
  readonly deps: Deps;
  readonly pool: Pool;
  readonly stopping: AbortController;
  readonly clock: SharedClock;
}

async function takeWork(
  open: AsyncDisposableStack,
  { config, deps, pool, stopping, clock }: Work,
): Promise<Queue> {
  const { db, emit, workerId } = deps;
  const worker = { id: workerId, host: hostname(), pid: process.pid };
  // The heartbeat precedes the first claim: a claim of an unknown worker counts as an orphan.
  clock.keepTo(await recordHeartbeat(db, { ...worker, queuePool: "" }));
  // If this fails, the other workers notice the missing heartbeat.
  open.defer(() => deregisterWorker(db, workerId).catch(() => {}));
  const queue = await openQueue({
    pool,
    taskList: openTaskList(deps),
    concurrency: config.concurrency,
    emit,
  });
  const watch = startMaintenance({
    deps,
    worker: { ...worker, queuePool: queue.poolId },
    jobs: queue.running,
    onTime: clock.keepTo,
  });
  open.defer(() => watch.stop());
  open.defer(async () => {
    stopping.abort();
    await queue.stop(config.shutdownMs);
    await finishCalls(deps.inFlight, config.shutdownMs);
  });
  return queue;
}

async function openEmbedded(open: AsyncDisposableStack, config: Config): Promise<string> {
  const postgres = await startEmbeddedPostgres(join(config.dataDir, "postgres"));
  if (!postgres.adopted) open.defer(() => postgres.stop());
  return postgres.url;
}

/** Waits for the calls in flight. Those that take too long are found as outcome unknown. */
async function finishCalls(inFlight: InFlight, graceMs: number): Promise<void> {
  await Promise.race([inFlight.idle(), sleep(graceMs, undefined, { ref: false })]);
}
