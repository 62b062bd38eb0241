import { setTimeout as sleep } from "node:timers/promises";
import type { DeliveryChannels, Deps } from "./deps.ts";
import { createEraser } from "./record/retention.ts";
import type { ChannelState } from "./domain/channel-state.ts";
import { CHANNELS } from "./domain/vocabulary.ts";
import { noteKeptFindings } from "./store/deliver/contact-findings.ts";
import { sweepUndelivered } from "./store/operate/undelivered.ts";
import { applyConsent } from "./store/replies/consent.ts";
import { HELD_WARNING_MS, WORKER_TIMEOUT_MS } from "./domain/worker.ts";
import { takeNearDeadlines } from "./store/guard/holds.ts";
import { markSilent } from "./store/receipts/silence.ts";
import { recordEndedPauses } from "./store/operate/pauses.ts";
import { codeOf } from "./store/postgres/error-code.ts";
import { createPartOutage, type Outages } from "./store/postgres/outages.ts";
import { carryOutRepairs } from "./record/repair.ts";
import { auditDaily } from "./record/daily-audit.ts";
import { createIntakeSweep } from "./intake-sweep.ts";
import { createPolicyWatch } from "./policy-watch.ts";
import {
  recordHeartbeat,
  pruneDeadWorkers,
  unlockAbandonedJobs,
  unlockLostJobs,
  type Worker,
} from "./store/queue/workers.ts";
import {
  markOrphansUnknown,
  requeueOverdue,
  requeueUnsettled,
  rescheduleUnsentClaims,
} from "./store/settle/recovery.ts";

/** The interval between heartbeats (ms). */
const HEARTBEAT_MS = 2_000;
/** A claim of this worker that is older than this (ms) and not in flight here was never sent. */
const UNSENT_CLAIM_AFTER_MS = 30_000;
/** A job locked by this worker for this long (ms) but not running here: the reply that delivered it was lost. */
const LOST_JOB_AFTER_MS = 30_000;
/** A job locked for this long (ms) by a worker that is not on the list is abandoned. */
const ABANDONED_JOB_AFTER_MS = 8_000;
/** An interaction that is due for this long (ms) and in no job is requeued. */
const OVERDUE_AFTER_MS = 60_000;
/** The time of the database is ignored if the round trip took longer than this (ms), because it is out of date. */
const FRESH_TIME_MS = 250;
/**
 * A stop waits this long (ms) for a running sweep, which may wait for a lock. Another daemon would make the same changes, so the
 * sweep may end after the wait, and the daemon still deregisters.
 */
const LONGEST_STOP_MS = 1_000;
/** Abandoned jobs are searched for once in this many heartbeats. */
const UNLOCK_EVERY = 2;
/** Overdue interactions, and case changes that were missed or not resolved, are searched for once in this many heartbeats. */
const SWEEP_EVERY = 5;
/** The daily audit is started, if it is time for it, once in this many heartbeats. */
const AUDIT_EVERY = 30;

export interface Maintenance {
  /** Ends the heartbeat. It waits for running sweeps, but not for long. */
  stop(): Promise<void>;
}

interface MaintenanceOptions {
  readonly deps: Deps;
  readonly worker: Omit<Worker, "channels">;
  /** The jobs that run in this process. */
  readonly jobs: ReadonlySet<string>;
  readonly outages: Outages;
  /** Adds new rows of the record to the record tree. */
  readonly growTree: () => Promise<void>;
  /** The number of days that the daily audit covers; 0 for none. */
  readonly auditDays: number;
  /** Receives the time of the database with every heartbeat. */
  readonly onTime: (theirs: Date) => void;
  /** The interval between heartbeats (ms). Only tests set it. */
  readonly heartbeatMs?: number;
}

/**
 * Sends heartbeats, recovers the work of dead workers and requeues lost work. The parts do not wait for each other: a
 * sweep that waits for a lock must delay neither the heartbeat nor the recovery.
 */
export function startMaintenance(watched: MaintenanceOptions): Maintenance {
  const { heartbeatMs = HEARTBEAT_MS } = watched;
  const stopped = new AbortController();
  const sendHeartbeat = reporting(watched, "heartbeat");
  const parts = partsOf(watched);
  const known = { outages: watched.outages.count() };
  let round = 0;
  const loop = async (): Promise<void> => {
    // After an outage every worker has missed heartbeats. Only a worker with steady heartbeats since then may declare
    // another one dead
    let steadySince = performance.now();
    while (!stopped.signal.aborted) {
      const began = performance.now();
      const heard = await sendHeartbeat(() => heartbeat(watched, known));
      if (!heard || performance.now() - began > heartbeatMs) steadySince = performance.now();
      if (heard) {
        round += 1;
        const steadyForMs = began - steadySince;
        parts.forEach((part) => part.start(round, steadyForMs));
      }
      await sleep(heartbeatMs, undefined, { signal: stopped.signal }).catch(() => {});
    }
    const ended = Promise.all(parts.map((part) => part.running()));
    await Promise.race([ended, sleep(LONGEST_STOP_MS, undefined, { ref: false })]);
  };
  const done = loop();
  return {
    stop: () => {
      stopped.abort();
      return done;
    },
  };
}

/** The parts of maintenance besides the heartbeat. */
function partsOf(watched: MaintenanceOptions): OneAtATime[] {
  const { deps, auditDays, growTree } = watched;
  const sweepIntake = createIntakeSweep(deps);
  const watchPolicy = createPolicyWatch(deps);
  const part = (name: string, run: Round): OneAtATime => oneAtATime(reporting(watched, name), run);
  const every = (rounds: number, run: () => Promise<void>) => (round: number) =>
    round % rounds === 0 ? run() : Promise.resolve();
  return [
    part("recovery", (round, steadyForMs) => recovery(deps, round, steadyForMs)),
    part("sweep", (round) => sweep(watched, round)),
    part("policy", () => watchPolicy()),
    part("intakeSweep", every(SWEEP_EVERY, sweepIntake)),
    part(
      "audit",
      every(AUDIT_EVERY, () => auditDaily(deps, auditDays)),
    ),
    part(
      "repair",
      every(SWEEP_EVERY, () => carryOutRepairs(deps)),
    ),
    part("recordTree", every(SWEEP_EVERY, growTree)),
    part("retention", every(SWEEP_EVERY, createEraser(deps))),
  ];
}

type Round = (round: number, steadyForMs: number) => Promise<void>;

interface OneAtATime {
  /** Does nothing while the previous round is still running. */
  start(...args: Parameters<Round>): void;
  running(): Promise<void>;
}

function oneAtATime(guarded: Guarded, run: Round): OneAtATime {
  let running: Promise<void> | undefined;
  return {
    start(round, steadyForMs) {
      running ??= guarded(() => run(round, steadyForMs)).then(() => (running = undefined));
    },
    running: () => running ?? Promise.resolve(),
  };
}

type Guarded = (run: () => Promise<void>) => Promise<boolean>;

/**
 * Wraps runs of one kind so that they report errors and resolve to whether they succeeded. An outage in one run ends
 * when a later run succeeds.
 */
function reporting({ deps, outages }: MaintenanceOptions, part: string): Guarded {
  const outage = createPartOutage(outages, part);
  return async (run) => {
    try {
      await run();
      outage.succeeded();
      return true;
    } catch (error) {
      if (outage.failed(error) !== undefined) return false;
      // the database has answered
      outage.succeeded();
      deps.emit("maintenance.failed", { part, code: codeOf(error) });
      return false;
    }
  };
}

/** The states of all channels of this daemon, for its heartbeat. */
const statesOf = (channels: DeliveryChannels, now: Date): ChannelState[] =>
  CHANNELS.flatMap((name) => {
    const channel = channels[name];
    if (channel === undefined) return [];
    return [{ channel: name, provider: channel.provider.name, ...channel.health.read(now) }];
  });

/** The number of outages of the database that had begun at the last heartbeat. */
interface Known {
  outages: number;
}

async function heartbeat(
  { deps, worker, outages, onTime }: MaintenanceOptions,
  known: Known,
): Promise<void> {
  const asked = performance.now();
  const channels = statesOf(deps.channels, deps.clock());
  const count = outages.count();
  const wasAway = outages.lasts() || count > known.outages;
  const theirs = await recordHeartbeat(deps.db, { ...worker, channels }, wasAway);
  known.outages = count;
  if (performance.now() - asked < FRESH_TIME_MS) onTime(theirs);
}

async function recovery({ db, emit }: Deps, round: number, steadyForMs: number): Promise<void> {
  if (round % UNLOCK_EVERY === 0)
    for (const jobId of await unlockAbandonedJobs(db, ABANDONED_JOB_AFTER_MS))
      emit("job.unlocked", { jobId });
  if (steadyForMs <= WORKER_TIMEOUT_MS) return;
  for (const deadWorkerId of await pruneDeadWorkers(db, WORKER_TIMEOUT_MS))
    emit("worker.lost", { deadWorkerId });
  for (const { interactionId, channel, provider } of await markOrphansUnknown(db))
    emit("outcome.leftUnknown", {
      interactionId,
      channel,
      provider: provider ?? "unknown",
      code: "workerDied",
      durationMs: null,
    });
}

async function sweep({ deps, worker, jobs }: MaintenanceOptions, round: number): Promise<void> {
  if (round % SWEEP_EVERY !== 0) return;
  const { db, clock, emit } = deps;
  for (const pause of await recordEndedPauses(db)) emit("pause.ended", { pause });
  for (const { interactionId, latestAt } of await takeNearDeadlines(db, HELD_WARNING_MS))
    emit("hold.deadlineNeared", { interactionId, latestAt: latestAt.toISOString() });
  for (const notice of await sweepUndelivered(db))
    emit("notice.undelivered", { ...notice, statusDetails: notice.statusDetails ?? "none" });
  await noteKeptFindings(db);
  await applyConsent(db);
  await endWaits(deps);
  const before = (ms: number): Date => new Date(clock().getTime() - ms);
  for (const jobId of await unlockLostJobs(db, worker.queuePool, [...jobs], LOST_JOB_AFTER_MS))
    emit("job.unlocked", { jobId });
  const inFlight = deps.inFlight.ids();
  for (const id of await rescheduleUnsentClaims(
    db,
    worker.id,
    inFlight,
    before(UNSENT_CLAIM_AFTER_MS),
  ))
    emit("claim.released", { interactionId: id });
  const unsettled = await requeueUnsettled(db, before(OVERDUE_AFTER_MS));
  if (unsettled[0] !== undefined)
    emit("outcomes.requeued", {
      interactions: unsettled.length,
      firstInteractionId: unsettled[0],
    });
  const forgotten = await requeueOverdue(db, before(OVERDUE_AFTER_MS));
  const [first] = forgotten;
  if (first !== undefined)
    emit("interactions.requeued", {
      interactions: forgotten.length,
      firstInteractionId: first,
    });
}

/** The number of messages whose wait one sweep ends, so that a bulk without receipts does not hold up the others. */
const MOST_SILENT = 2_000;

/** Ends the wait for receipts that are missing for too long. */
async function endWaits({ db, clock, emit, channels }: Deps): Promise<void> {
  for (const name of CHANNELS) {
    const channel = channels[name];
    if (channel === undefined) continue;
    const heardBefore = new Date(clock().getTime() - channel.receiptWithinMs);
    const silent = await markSilent(db, { channel: name, heardBefore, most: MOST_SILENT });
    const [first] = silent;
    if (first !== undefined)
      emit("receipts.missed", {
        channel: name,
        interactions: silent.length,
        firstInteractionId: first,
      });
  }
}
