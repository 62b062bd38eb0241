import type { DeliveryChannel, Deps } from "../deps.ts";
import { Fault } from "../domain/fault.ts";
import type { InteractionId } from "../domain/ids.ts";
import type { Jobs } from "../domain/jobs.ts";
import type { Channel } from "../domain/vocabulary.ts";
import { queueDeliveries } from "../store/queue/jobs.ts";

/** One run of a delivery job. */
export interface TimeSlice {
  /** Starts the clock once the first facts are loaded: a slow load must not use up the time slice. */
  begin(): void;
  /** False if the job must yield its worker to others. */
  hasTime(): boolean;
}

/** After this long (ms) a job yields its worker; the interactions that it has not started return to the queue. */
export const TIME_SLICE_MS = 500;

export function startTimeSlice({ stopping }: Deps): TimeSlice {
  let end = Infinity;
  return {
    begin: () => void (end = Math.min(end, performance.now() + TIME_SLICE_MS)),
    hasTime: () => !stopping.aborted && performance.now() < end,
  };
}

/** Returns the channel with this name. Throws CHANNEL_NOT_CARRIED if this daemon has no provider for it. */
export function channelOf({ channels }: Deps, name: Channel): DeliveryChannel {
  const channel = channels[name];
  if (channel === undefined) throw new Fault("CHANNEL_NOT_CARRIED", name);
  return channel;
}

const FIRST_WAIT_MS = 250;
const LONGEST_WAIT_MS = 5_000;

/**
 * The wait before a job runs again (ms). A job that could start no call several times in a row has destinations that hang, so an
 * immediate retry would only load the database.
 */
const waitOf = (notStarted: number): number =>
  notStarted < 3 ? 0 : Math.min(FIRST_WAIT_MS * 2 ** (notStarted - 3), LONGEST_WAIT_MS);

/**
 * Queues the interactions that a job has not started, for the time when the provider may be called again, behind those
 * that are due already. Warns, at most once a minute, from the second time in a row that no call of the job could start.
 */
export async function requeue(
  { db, clock, channels, emit, stopping }: Deps,
  job: Jobs["deliver_interactions"],
  interactionIds: readonly InteractionId[],
): Promise<void> {
  const [firstInteractionId] = interactionIds;
  if (firstInteractionId === undefined) return;
  const { channel: name } = job;
  const channel = channels[name];
  const openUntil = channel?.circuit.openUntil(clock());
  const isStuck = interactionIds.length === job.interactionIds.length && openUntil === undefined;
  const notStarted = isStuck && !stopping.aborted ? job.notStarted + 1 : 0;
  const runAt = openUntil ?? new Date(clock().getTime() + waitOf(notStarted));
  const run = { runAt, lane: job.lane, notStarted };
  await queueDeliveries(db, interactionIds, run);
  if (notStarted < 2 || channel?.mayWarn() !== true) return;
  emit("interactions.notStarted", {
    channel: name,
    interactions: interactionIds.length,
    firstInteractionId,
    times: notStarted,
  });
}
