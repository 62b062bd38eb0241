import { setTimeout as sleep } from "node:timers/promises";
import type { Deps } from "./deps.ts";
import { outageCode } from "./store/outage.ts";
import {
  beat,
  buryDead,
  giveUpOrphans,
  queueForgotten,
  returnNeverBegun,
  type Worker,
} from "./store/workers.ts";

/** A heartbeat goes out this often. */
const BEAT_MS = 2_000;
/** A worker not heard of for this long is dead: its jobs are free within two beats more. */
const SILENT_MS = 10_000;
/** A claim this old that is not under way here was never begun. */
const NEVER_BEGUN_MS = 30_000;
/** Due for this long and in no job: forgotten. */
const FORGOTTEN_MS = 60_000;
/** Rows are looked through once in so many beats. */
const SWEEP_EVERY = 5;

export interface Watch {
  stop(): Promise<void>;
}

/** Says that we live, takes over from those that do not, and finds what fell through. */
export function openWatch(deps: Deps, worker: Worker): Watch {
  const stopped = new AbortController();
  const loop = async (): Promise<void> => {
    let unbrokenSince = performance.now();
    for (let round = 1; !stopped.signal.aborted; round += 1) {
      const began = performance.now();
      const heard = await lookAround(deps, worker, { round, unbrokenForMs: began - unbrokenSince });
      if (!heard || performance.now() - began > BEAT_MS) unbrokenSince = performance.now();
      await sleep(BEAT_MS, undefined, { signal: stopped.signal }).catch(() => {});
    }
  };
  const done = loop();
  return {
    stop: () => {
      stopped.abort();
      return done;
    },
  };
}

interface Round {
  readonly round: number;
  /**
   * How long our own beats have got through. When the database comes back after an outage everybody has been silent:
   * only who has beaten steadily since may call another one dead.
   */
  readonly unbrokenForMs: number;
}

async function lookAround(
  deps: Deps,
  worker: Worker,
  { round, unbrokenForMs }: Round,
): Promise<boolean> {
  try {
    await beat(deps.db, worker);
    if (unbrokenForMs > SILENT_MS) await takeOver(deps);
    if (round % SWEEP_EVERY === 0) await sweep(deps);
    return true;
  } catch (error) {
    const code = outageCode(error) ?? (error instanceof Error ? error.name : "unknown");
    deps.say("database.unreachable", { code, waitingFor: "heartbeat" });
    return false;
  }
}

async function takeOver({ db, say }: Deps): Promise<void> {
  for (const deadWorkerId of await buryDead(db, SILENT_MS)) say("worker.died", { deadWorkerId });
  for (const interactionId of await giveUpOrphans(db))
    say("interaction.outcomeUnknown", { interactionId, provider: "unknown", code: "workerDied" });
}

async function sweep({ db, clock, say, underWay, workerId }: Deps): Promise<void> {
  const before = (ms: number): Date => new Date(clock().getTime() - ms);
  for (const interactionId of await returnNeverBegun(
    db,
    workerId,
    [...underWay],
    before(NEVER_BEGUN_MS),
  ))
    say("interaction.neverBegun", { interactionId });
  const forgotten = await queueForgotten(db, before(FORGOTTEN_MS));
  if (forgotten.length > 0)
    say("interactions.queuedAgain", {
      interactions: forgotten.length,
      firstInteractionId: forgotten[0] ?? "",
    });
}
