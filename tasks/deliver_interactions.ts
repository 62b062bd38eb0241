import type { Task } from "graphile-worker";
import type { InteractionId } from "../src/domain/ids.ts";
import type { Ready } from "../src/decide/deliver/prepare.ts";
import { leaseInTimeSlice, type Leased, type Part, record, send } from "../src/delivery/call.ts";
import { claim, type ClaimedById } from "../src/delivery/claim.ts";
import { judgeDue, withhold } from "../src/delivery/judge-due.ts";
import { channelOf, requeue, startTimeSlice } from "../src/delivery/time-slice.ts";
import type { DeliveryChannel, Deps } from "../src/deps.ts";

/**
 * load -> judge -> claim -> send -> record -> requeue: handles the due interactions of one channel, in sets that the
 * provider can take.
 */
export const deliverInteractions =
  (deps: Deps): Task<"deliver_interactions"> =>
  async (job) => {
    const channel = channelOf(deps, job.channel);
    const timeSlice = startTimeSlice(deps);
    const { lane } = job;
    const notStarted: InteractionId[] = [];
    let left = job.interactionIds;
    while (left.length > 0 && timeSlice.hasTime() && !channel.circuit.openUntil(deps.clock())) {
      const set = left.slice(0, channel.loadSize.next(channel.claimBudget()));
      left = left.slice(set.length);
      const { ready, withheld } = await judgeDue(deps, channel, set);
      timeSlice.begin();
      await withhold(deps, job.channel, withheld);
      const mayPass = left.length > 0;
      notStarted.push(...(await claimAndSend(deps, channel, { timeSlice, lane, mayPass }, ready)));
      // while slots are free only the destinations of this set are full, and the next set may have others
      if (notStarted.length > 0 && !channel.gate.hasFree(lane)) break;
    }
    await requeue(deps, job, [...notStarted, ...left]);
  };

/**
 * Starts as many calls as the provider has room for in this time slice, and at least once as many as it has room for now, so
 * that a slow load does not prevent sending. Resolves to the ids that were not started.
 */
async function claimAndSend(
  deps: Deps,
  channel: DeliveryChannel,
  part: Part,
  ready: readonly Ready[],
): Promise<InteractionId[]> {
  const waiting = new Set(ready);
  for await (const leased of leaseInTimeSlice(deps, channel, part, ready)) {
    const started = leased.map((one) => one.ready);
    const claiming = claim(deps, channel, started);
    for (const one of leased) deps.inFlight.follow(sendAndRecord(deps, channel, one, claiming));
    await claiming;
    for (const one of started) waiting.delete(one);
  }
  return [...waiting].map(({ facts }) => facts.interactionId);
}

/**
 * The job does not wait for the provider: the claim is on record, and a slow call delays neither the queue nor other
 * interactions. A daemon that stops waits for its calls.
 */
async function sendAndRecord(
  deps: Deps,
  channel: DeliveryChannel,
  leased: Leased,
  claiming: Promise<ClaimedById>,
): Promise<void> {
  try {
    const call = await send(deps, channel, leased, claiming);
    if (call !== undefined) await record(deps, channel, call);
  } catch {
    // It stays in flight: a message that was sent and could not be recorded must not be sent again.
    deps.emit("interaction.notRecorded", { interactionId: leased.ready.facts.interactionId });
  }
}
