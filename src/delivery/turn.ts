import { type DeliveryChannel, type Deps } from "../deps.ts";
import { Fault } from "../domain/fault.ts";
import type { Channel } from "../domain/vocabulary.ts";
import type { Lane } from "../providers/flow/slot-gate.ts";
import { enqueue } from "../store/queue/jobs.ts";

/** One run of a delivery job. */
export interface Turn {
  readonly lane: Lane;
  /** False when the job must give its place in the queue to others. */
  hasTime(): boolean;
}

/** A job gives its place to others after so long (ms); what it has not started goes back to the queue. */
export const TURN_MS = 500;
/** More interactions than this in one job are a bulk. */
const MOST_SINGLES = 20;
const BULK_PRIORITY = 10;

/** Starts the turn of a job with this many interactions. */
export function startTurn({ stopping }: Deps, interactions: number): Turn {
  const end = performance.now() + TURN_MS;
  return {
    lane: interactions > MOST_SINGLES ? "bulk" : "single",
    hasTime: () => !stopping.aborted && performance.now() < end,
  };
}

/** The channel of that name. Throws CHANNEL_NOT_CARRIED where this daemon has no provider for it. */
export function channelOf({ channels }: Deps, name: Channel): DeliveryChannel {
  const channel = channels[name];
  if (channel === undefined) throw new Fault("CHANNEL_NOT_CARRIED", name);
  return channel;
}

/** Queues what a job has not started, for when the provider may be called again. */
export async function requeue(
  { db, clock, channels }: Deps,
  channel: Channel,
  { lane }: Turn,
  interactionIds: readonly string[],
): Promise<void> {
  if (interactionIds.length === 0) return;
  const runAt = channels[channel]?.circuit.openUntil(clock()) ?? clock();
  const priority = lane === "bulk" ? BULK_PRIORITY : 0;
  await enqueue(db, "deliver_interactions", { channel, interactionIds }, { runAt, priority });
}
