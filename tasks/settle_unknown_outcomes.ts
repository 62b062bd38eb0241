import type { Task } from "graphile-worker";
import { lookUpAndSettle, settle, leaseUnknown } from "../src/delivery/settling.ts";
import type { Deps } from "../src/deps.ts";

/**
 * lease -> look up -> settle: unknown outcomes become known, are sent again once that is safe, or are held for a person. The job
 * ends before the provider answers. If the process dies meanwhile, the outcomes are queued again when their lease ends.
 */
export const settleUnknownOutcomes =
  (deps: Deps): Task<"settle_unknown_outcomes"> =>
  async (job) => {
    const channel = deps.channels[job.channel];
    const leased = await leaseUnknown(deps, channel, job);
    if (channel?.lookups !== undefined)
      return deps.inFlight.follow(lookUpAndSettle(deps, channel, channel.lookups, { job, leased }));
    const examined = leased.map((unknown) => ({ unknown, result: undefined }));
    await settle(deps, channel, job.timesLookedUp, examined);
  };
