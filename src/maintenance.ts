import { setTimeout as sleep } from "node:timers/promises";
import type { Deps } from "./deps.ts";
import { outageCode } from "./store/postgres/retry.ts";
import {
  beat,
  buryDead,
  freeGhostJobs,
  giveUpOrphans,
  queueForgotten,
  returnNeverBegun,
  type Worker,
} from "./store/queue/workers.ts";

/** A heartbeat goes out this often. */
const BEAT_MS = 2_000;
/** A worker not heard of for this long is dead: its jobs are free within two beats more. */
const SILENT_MS = 10_000;
/** A claim this old that is not under way here was never begun. */
const NEVER_BEGUN_MS = 30_000;
/** A job locked this long in our name that does not run here never reached us. */
const GHOST_MS = 30_000;
/** Due for this long and in no job: forgotten. */
const FORGOTTEN_MS = 60_000;
/** An answer that took longer than this does not tell the time. */
const ON_TIME_MS = 250;
/** Rows are looked through once in so many beats. */
const SWEEP_EVERY = 5;

export interface Watch {
  stop(): Promise<void>;
}

interface Watched {
  readonly deps: Deps;
  readonly worker: Worker;
  /** The jobs under way in this process. */
  readonly jobs: ReadonlySet<string>;
  /** Hears what the clock of the database shows, with every heartbeat. */
  readonly onTime: (theirs: Date) => void;
}

/**
 * Says that we live, takes over from those that do not, and finds what fell through. The heart does not wait for the rest:
 * a sweep that is held up by a lock must not make us look dead.
 */
export function openWatch(watched: Watched): Watch {
  const stopped = new AbortController();
  let round = 0;
  let looking: Promise<void> | undefined;
  const loop = async (): Promise<void> => {
    // When the database comes back after an outage everybody has been silent: only who has beaten steadily since
    // then may call another one dead
    let steadySince = performance.now();
    while (!stopped.signal.aborted) {
      const began = performance.now();
      const heard = await through(watched, () => sayAlive(watched));
      if (!heard || performance.now() - began > BEAT_MS) steadySince = performance.now();
      const steadyForMs = began - steadySince;
      if (heard && looking === undefined)
        looking = through(watched, () => lookAround(watched, (round += 1), steadyForMs)).then(
          () => (looking = undefined),
        );
      await sleep(BEAT_MS, undefined, { signal: stopped.signal }).catch(() => {});
    }
    await looking;
  };
  const done = loop();
  return {
    stop: () => {
      stopped.abort();
      return done;
    },
  };
}

/** Resolves to whether the database heard us. */
async function through({ deps }: Watched, run: () => Promise<void>): Promise<boolean> {
  try {
    await run();
    return true;
  } catch (error) {
    const code = outageCode(error) ?? (error instanceof Error ? error.name : "unknown");
    deps.say("database.unreachable", { code, waitingFor: "heartbeat" });
    return false;
  }
}

async function sayAlive({ deps, worker, onTime }: Watched): Promise<void> {
  const asked = performance.now();
  const theirs = await beat(deps.db, worker);
  // one that was long under way is out of date
  if (performance.now() - asked < ON_TIME_MS) onTime(theirs);
}

async function lookAround(watched: Watched, round: number, steadyForMs: number): Promise<void> {
  if (steadyForMs > SILENT_MS) await takeOver(watched.deps);
  if (round % SWEEP_EVERY === 0) await sweep(watched);
}

async function takeOver({ db, say }: Deps): Promise<void> {
  for (const deadWorkerId of await buryDead(db, SILENT_MS)) say("worker.died", { deadWorkerId });
  for (const interactionId of await giveUpOrphans(db))
    say("interaction.outcomeUnknown", { interactionId, provider: "unknown", code: "workerDied" });
}

async function sweep({ deps, worker, jobs }: Watched): Promise<void> {
  const { db, clock, say } = deps;
  const before = (ms: number): Date => new Date(clock().getTime() - ms);
  for (const jobId of await freeGhostJobs(db, worker.queuePool, [...jobs], GHOST_MS))
    say("queue.jobFreed", { jobId });
  const begun = [...deps.underWay];
  for (const id of await returnNeverBegun(db, worker.id, begun, before(NEVER_BEGUN_MS)))
    say("interaction.neverBegun", { interactionId: id });
  const forgotten = await queueForgotten(db, before(FORGOTTEN_MS));
  const [first] = forgotten;
  if (first !== undefined)
    say("interactions.queuedAgain", {
      interactions: forgotten.length,
      firstInteractionId: first,
    });
}
