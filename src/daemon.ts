import { hostname } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { randomBytes } from "node:crypto";
import type { Pool } from "pg";
import { type FromSandbox, openChannels, type OpenChannels } from "./channels.ts";
import { createSharedClock, type SharedClock, systemClock } from "./clock.ts";
import { type Config, withinOf } from "./config.ts";
import { createInFlight, type InFlight } from "./delivery/in-flight.ts";
import type { DeliveryChannels, Deps, StatusPolls } from "./deps.ts";
import type { Emit } from "./domain/events.ts";
import { nameWorker, type WorkerId } from "./domain/ids.ts";
import type { Channel } from "./domain/vocabulary.ts";
import type { ArrivedReceipt } from "./domain/receipts/arrived-receipt.ts";
import { type ChannelProvider, syncChannelProviders } from "./store/deliver/channels.ts";
import { loadLinkKeys } from "./store/api/secrets.ts";
import { closePool, createPreparedDb, type Db, openPool } from "./store/postgres/db.ts";
import { startEmbeddedPostgres } from "./store/postgres/embedded-postgres.ts";
import { recordDatabaseOutage } from "./store/operate/outages.ts";
import { migrate } from "./store/migrate/migrate.ts";
import { type EndedOutage, trackOutages, type Outages } from "./store/postgres/outages.ts";
import { checkPreconditions } from "./store/postgres/preconditions.ts";
import { retryOnOutage } from "./store/postgres/retry.ts";
import { refuseLogin, refuseOutage } from "./store/postgres/unreachable.ts";
import { openQueue, type Queue } from "./store/queue/queue.ts";
import { keepReceipts } from "./store/receipts/receipts.ts";
import { createRecorder } from "./store/deliver/recorder.ts";
import { createReplyIntake } from "./reply-intake.ts";
import { createSeal } from "./seal.ts";
import { createTemplateCache } from "./store/deliver/template-cache.ts";
import { recordHeartbeat, deregisterWorker } from "./store/queue/workers.ts";
import { createObserving } from "./observing.ts";
import { reportFactGaps } from "./guard/fact-gaps.ts";
import { openMail } from "./mail/mail-service.ts";
import { openHttp } from "./http-service.ts";
import { startStatusPoller } from "./receipts/status-poller.ts";
import { APPLIER_CONNECTIONS, startReceiptApplier } from "./receipts/applier.ts";
import { RESOLVER_CONNECTIONS, startResolver } from "./resolver.ts";
import { createPolicyReader } from "./store/guard/policy.ts";
import { createActiveTypes } from "./store/resolve/active-types.ts";
import { createTaskList } from "./task-list.ts";
import { createTreeGrower } from "./record/record-tree.ts";
import { readSigningKey } from "./record/tree-signature.ts";
import { showAlive } from "./liveness.ts";
import { startMaintenance } from "./maintenance.ts";

/** A running daemon. */
export interface Daemon {
  readonly workerId: WorkerId;
  readonly databaseUrl: string;
  /** Resolves if the daemon cannot continue. Stop it and restart the process. */
  readonly broken: Promise<Error>;
  /** Accepts no new work, finishes and records the calls in flight, and closes everything. */
  stop(): Promise<void>;
  /** The number of calls to providers whose answers are not on record yet. */
  unrecorded(): number;
}

/** Connections in addition to those of the jobs: two of the queue, the recorder, maintenance. */
const SPARE_CONNECTIONS = 4 + APPLIER_CONNECTIONS;
/** The connections of the jobs, the queue, the resolver and the receipts. */
export const poolSizeOf = (concurrency: number): number =>
  concurrency * 2 + RESOLVER_CONNECTIONS + SPARE_CONNECTIONS;
const FIRST_CONNECTION_PATIENCE_MS = 60_000;

/**
 * Opens the parts of the daemon in order. They are closed in reverse order, also if a later one cannot be opened. `stopSignal` ends
 * the wait for a database that does not answer.
 */
export async function openDaemon(
  config: Config,
  emit: Emit,
  stopSignal?: AbortSignal,
): Promise<Daemon> {
  const open = new AsyncDisposableStack();
  try {
    return await openOn(open, { config, emit, stopSignal });
  } catch (error) {
    await open.disposeAsync();
    throw error;
  }
}

interface Opening {
  readonly config: Config;
  readonly emit: Emit;
  readonly stopSignal: AbortSignal | undefined;
}

async function openOn(
  open: AsyncDisposableStack,
  { config, emit: log, stopSignal }: Opening,
): Promise<Daemon> {
  const began = performance.now();
  open.defer(showAlive(config.dataDir));
  const workerId = nameWorker(hostname(), process.pid, randomBytes(3).toString("hex"));
  const databaseUrl = config.databaseUrl ?? (await openEmbedded(open, config));
  const observing = createObserving({ config, databaseUrl, emit: log });
  const { emit } = observing;
  const pool = openDaemonPool({ config, databaseUrl, workerId, emit });
  open.defer(() => closePool(pool));
  const db = createPreparedDb(pool);
  const outages = trackOutages(emit, (ended) => keepOutage(ended, { db, emit, workerId }));
  await prepareDatabase({ config, emit, stopSignal, databaseUrl, pool, outages });

  const linkKeys = await loadLinkKeys(db);
  const fromSandbox = takeFromSandbox({ config, db, emit, outages });
  const carrying = await openChannels(config, fromSandbox, linkKeys);
  open.defer(() => carrying.close());
  const stopping = new AbortController();
  const clock = createSharedClock();
  const opened = { config, emit, workerId, pool, db, carrying, stopping, clock, outages, linkKeys };
  const deps = depsOf(opened);
  await syncChannelProviders(deps.db, providersOf(carrying.channels));
  await observing.start(open, carrying.channels);
  const { statusPolls, twilioTokens } = carrying;
  const { broken } = await takeWork(open, { ...opened, deps, statusPolls });
  await openMail(open, { config, ...deps });
  const { http } = config;
  if (http) await openHttp(open, { config, http, databaseUrl, emit, outages, twilioTokens });
  emit("daemon.started", { workerId, startedInMs: Math.round(performance.now() - began) });
  void reportFactGaps(deps);
  return {
    workerId,
    databaseUrl,
    broken,
    stop: () => open.disposeAsync(),
    unrecorded: () => deps.inFlight.calls,
  };
}

interface PoolWanted extends Pick<Opening, "config" | "emit"> {
  readonly databaseUrl: string;
  readonly workerId: WorkerId;
}

const openDaemonPool = ({ config, databaseUrl, workerId, emit }: PoolWanted): Pool =>
  openPool({
    url: databaseUrl,
    actor: `daemon:${workerId}`,
    max: poolSizeOf(config.concurrency),
    prepared: true,
    onLost: (code) => emit("connection.lost", { code }),
  });

const providersOf = (channels: DeliveryChannels): Partial<Record<Channel, ChannelProvider>> =>
  Object.fromEntries(
    Object.entries(channels).map(([name, { provider, receiptWithinMs }]) => [
      name,
      { provider: provider.name, receiptWithinMs },
    ]),
  );

interface Preparing extends Opening, Pick<Opened, "pool" | "outages"> {
  readonly databaseUrl: string;
}

/** Checks and migrates the database. It may come up after us, because a container does not choose the order of the start. */
async function prepareDatabase(preparing: Preparing): Promise<void> {
  const { config, emit, stopSignal, databaseUrl, pool, outages } = preparing;
  const prepare = async (): Promise<string[]> => {
    await checkPreconditions({ url: databaseUrl, pool }).catch(refuseLogin);
    return await migrate(pool, config.migration);
  };
  const migrations = await retryOnOutage(prepare, {
    maxWaitMs: FIRST_CONNECTION_PATIENCE_MS,
    signal: stopSignal,
    onOutage: (code) => outages.begin("start", code),
  }).catch(refuseOutage);
  if (migrations.length > 0) emit("database.migrated", { migrations });
}

/** Records an outage of the database as soon as it is back. If it goes away again, the record is written after that. */
function keepOutage(
  { code, lastedMs }: EndedOutage,
  { db, emit, workerId }: Pick<Opened, "db" | "emit" | "workerId">,
): void {
  const ended = performance.now();
  const keep = (): Promise<void> =>
    recordDatabaseOutage(db, {
      workerId,
      code,
      lastedMs,
      endedMsAgo: performance.now() - ended,
    });
  retryOnOutage(keep, { onOutage: () => undefined }).catch(() =>
    emit("outage.notKept", { code, lastedMs }),
  );
}

/** A receipt that the database refuses is reported: no provider sends it a second time. */
function takeReceipt(
  receipt: ArrivedReceipt,
  { db, emit, outages }: Pick<Opened, "db" | "emit" | "outages">,
): void {
  retryOnOutage(() => keepReceipts(db, [receipt]), {
    onOutage: (outage) => outages.begin("receipts", outage),
  }).catch(() => emit("receipts.notKept", { provider: receipt.provider, receipts: 1 }));
}

/** Takes what the sandbox reports and answers as callbacks and a mailbox would. */
function takeFromSandbox(wanted: Pick<Opened, "config" | "db" | "emit" | "outages">): FromSandbox {
  const { config, db, emit, outages } = wanted;
  const takeReply = createReplyIntake({
    db,
    emit,
    clock: systemClock,
    seal: createSeal(config.contentKeys),
    lender: config.lender,
    readPolicy: createPolicyReader(),
  });
  return {
    onReceipt: (receipt) => takeReceipt(receipt, wanted),
    onReply: (reply) =>
      void retryOnOutage(() => takeReply(reply), {
        onOutage: (outage) => outages.begin("receipts", outage),
      }).catch(() => emit("receipts.notKept", { provider: reply.provider, receipts: 1 })),
  };
}

interface Opened {
  readonly config: Config;
  readonly emit: Emit;
  readonly workerId: WorkerId;
  readonly pool: Pool;
  readonly db: Db;
  readonly carrying: OpenChannels;
  readonly stopping: AbortController;
  readonly clock: SharedClock;
  readonly outages: Outages;
  readonly linkKeys: readonly Buffer[];
}

function depsOf(opened: Opened): Deps {
  const { config, emit, workerId, db, carrying, stopping, clock, outages, linkKeys } = opened;
  const { publicUrl } = config;
  return {
    db,
    clock: clock.now,
    emit,
    workerId,
    lender: config.lender,
    withinMs: withinOf(config),
    senders: config.senders,
    links: publicUrl === undefined ? null : { publicUrl, keys: linkKeys },
    linkKeys,
    recipientsAllowed: config.recipientsAllowed,
    channels: carrying.channels,
    recorder: createRecorder({
      db,
      onOutage: (code) => outages.begin("recorder", code),
    }),
    loadTemplates: createTemplateCache(db),
    loadActiveVersions: createActiveTypes(),
    readPolicy: createPolicyReader(),
    seal: createSeal(config.contentKeys),
    inFlight: createInFlight(),
    stopping: stopping.signal,
  };
}

interface Work extends Pick<Opened, "config" | "pool" | "stopping" | "clock" | "outages"> {
  readonly deps: Deps;
  readonly statusPolls: StatusPolls | undefined;
}

async function takeWork(
  open: AsyncDisposableStack,
  { config, deps, pool, stopping, clock, outages, statusPolls }: Work,
): Promise<Queue> {
  const { db, emit, workerId } = deps;
  const worker = { id: workerId, host: hostname(), pid: process.pid };
  // The heartbeat precedes the first claim: a claim of an unknown worker counts as an orphan.
  clock.keepTo(await recordHeartbeat(db, { ...worker, queuePool: "", channels: [] }));
  // If this fails, the other workers notice the missing heartbeat.
  open.defer(() => deregisterWorker(db, workerId).catch(() => {}));
  const queue = await openQueue({
    pool,
    taskList: createTaskList(deps),
    concurrency: config.concurrency,
    emit,
    outages,
  });
  const watch = startMaintenance({
    deps,
    worker: { ...worker, queuePool: queue.poolId },
    jobs: queue.running,
    outages,
    auditDays: config.auditDays,
    growTree: createTreeGrower(deps, config.signingKey && readSigningKey(config.signingKey)),
    onTime: clock.keepTo,
  });
  open.defer(() => watch.stop());
  const resolver = startResolver(deps, outages, config.intakePollMs);
  const receipts = startReceiptApplier(deps, outages);
  const poller = statusPolls && startStatusPoller(deps, statusPolls, outages);
  open.defer(async () => {
    stopping.abort();
    const end = performance.now() + config.shutdownMs;
    const left = (): number => Math.max(0, end - performance.now());
    // without a database only provider answers justify a wait: they wait to be recorded
    const hopeless = (): boolean => outages.lasts() && deps.inFlight.calls === 0;
    await Promise.all([
      queue.stop(config.shutdownMs, hopeless),
      Promise.race([
        Promise.all([resolver.stop(), receipts.stop(), poller?.stop()]),
        sleep(config.shutdownMs, undefined, { ref: false }),
      ]),
    ]);
    await finishCalls(deps.inFlight, left());
  });
  return queue;
}

async function openEmbedded(open: AsyncDisposableStack, config: Config): Promise<string> {
  const postgres = await startEmbeddedPostgres(join(config.dataDir, "postgres"));
  if (!postgres.adopted) open.defer(() => postgres.stop());
  return postgres.url;
}

/** Waits for the calls in flight. Calls that take too long are recorded later as outcome unknown. */
async function finishCalls(inFlight: InFlight, graceMs: number): Promise<void> {
  await Promise.race([inFlight.idle(), sleep(graceMs, undefined, { ref: false })]);
}
