import { setTimeout as sleep } from "node:timers/promises";
import type { Deps } from "./deps.ts";
import { outageCode } from "./store/postgres/retry.ts";
import { requeueUnsettled } from "./store/settle/unknown-outcomes.ts";
import {
  recordHeartbeat,
  pruneDeadWorkers,
  unlockAbandonedJobs,
  unlockLostJobs,
  markOrphansUnknown,
  requeueOverdue,
  rescheduleUnsentClaims,
  type Worker,
} from "./store/queue/workers.ts";

/** A heartbeat goes out this often. */
const HEARTBEAT_MS = 2_000;
/** A worker not heard of for this long is dead: its jobs are free within two beats more. */
const WORKER_TIMEOUT_MS = 10_000;
/** A claim this old that is not under way here was never begun. */
const UNSENT_CLAIM_AFTER_MS = 30_000;
/** A job locked this long in our name that does not run here never reached us. */
const LOST_JOB_AFTER_MS = 30_000;
/** A job locked this long by a worker that is not on the list is locked by nobody (ms). */
const ABANDONED_JOB_AFTER_MS = 8_000;
/** Due for this long and in no job: forgotten. */
const OVERDUE_AFTER_MS = 60_000;
/** An answer that took longer than this does not tell the time. */
const FRESH_TIME_MS = 250;
/** Once in so many heartbeats the jobs are searched for abandoned ones. */
const UNLOCK_EVERY = 2;
/** Once in so many heartbeats the interactions are searched for overdue ones. */
const SWEEP_EVERY = 5;

export interface Maintenance {
  stop(): Promise<void>;
}

interface MaintenanceOptions {
  readonly deps: Deps;
  readonly worker: Worker;
  /** The jobs under way in this process. */
  readonly jobs: ReadonlySet<string>;
  /** Hears what the clock of the database shows, with every heartbeat. */
  readonly onTime: (theirs: Date) => void;
}

/**
 * Sends heartbeats, recovers the work of dead workers and requeues lost work. Nothing waits for a slower part: a sweep
 * that a lock holds up must delay neither the heartbeat nor the recovery.
 */
export function startMaintenance(watched: MaintenanceOptions): Maintenance {
  const stopped = new AbortController();
  const recover = oneAtATime(watched, (round, steadyForMs) =>
    recovery(watched.deps, round, steadyForMs),
  );
  const requeue = oneAtATime(watched, (round) => sweep(watched, round));
  let round = 0;
  const loop = async (): Promise<void> => {
    // After an outage every worker has been silent. Only one that has sent heartbeats steadily since then may declare
    // another one dead
    let steadySince = performance.now();
    while (!stopped.signal.aborted) {
      const began = performance.now();
      const heard = await through(watched, () => heartbeat(watched));
      if (!heard || performance.now() - began > HEARTBEAT_MS) steadySince = performance.now();
      if (heard) {
        round += 1;
        recover.start(round, began - steadySince);
        requeue.start(round, began - steadySince);
      }
      await sleep(HEARTBEAT_MS, undefined, { signal: stopped.signal }).catch(() => {});
    }
    await Promise.all([recover.running(), requeue.running()]);
  };
  const done = loop();
  return {
    stop: () => {
      stopped.abort();
      return done;
    },
  };
}

type Round = (round: number, steadyForMs: number) => Promise<void>;

interface OneAtATime {
  /** Does nothing while the round before is still running. */
  start(...args: Parameters<Round>): void;
  running(): Promise<void>;
}

function oneAtATime(watched: MaintenanceOptions, run: Round): OneAtATime {
  let running: Promise<void> | undefined;
  return {
    start(round, steadyForMs) {
      running ??= through(watched, () => run(round, steadyForMs)).then(() => (running = undefined));
    },
    running: () => running ?? Promise.resolve(),
  };
}

/** Resolves to whether the database heard us. */
async function through({ deps }: MaintenanceOptions, run: () => Promise<void>): Promise<boolean> {
  try {
    await run();
    return true;
  } catch (error) {
    const code = outageCode(error) ?? (error instanceof Error ? error.name : "unknown");
    deps.emit("database.unreachable", { code, waitingFor: "heartbeat" });
    return false;
  }
}

async function heartbeat({ deps, worker, onTime }: MaintenanceOptions): Promise<void> {
  const asked = performance.now();
  const theirs = await recordHeartbeat(deps.db, worker);
  // one that was long under way is out of date
  if (performance.now() - asked < FRESH_TIME_MS) onTime(theirs);
}

async function recovery({ db, emit }: Deps, round: number, steadyForMs: number): Promise<void> {
  if (round % UNLOCK_EVERY === 0)
    for (const jobId of await unlockAbandonedJobs(db, ABANDONED_JOB_AFTER_MS))
      emit("queue.jobUnlocked", { jobId });
  if (steadyForMs <= WORKER_TIMEOUT_MS) return;
  for (const deadWorkerId of await pruneDeadWorkers(db, WORKER_TIMEOUT_MS))
    emit("worker.lost", { deadWorkerId });
  for (const interactionId of await markOrphansUnknown(db))
    emit("interaction.outcomeUnknown", { interactionId, provider: "unknown", code: "workerDied" });
}

async function sweep({ deps, worker, jobs }: MaintenanceOptions, round: number): Promise<void> {
  if (round % SWEEP_EVERY !== 0) return;
  const { db, clock, emit } = deps;
  const before = (ms: number): Date => new Date(clock().getTime() - ms);
  for (const jobId of await unlockLostJobs(db, worker.queuePool, [...jobs], LOST_JOB_AFTER_MS))
    emit("queue.jobUnlocked", { jobId });
  const inFlight = deps.inFlight.ids();
  for (const id of await rescheduleUnsentClaims(
    db,
    worker.id,
    inFlight,
    before(UNSENT_CLAIM_AFTER_MS),
  ))
    emit("interaction.claimReleased", { interactionId: id });
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
