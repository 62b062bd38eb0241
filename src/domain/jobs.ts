import type { InteractionId } from "./ids.ts";
import type { Channel } from "./vocabulary.ts";

/** The priority of a delivery job: single notices go before those of a bulk. */
export type Lane = "single" | "bulk";

/** The jobs of the queue and their payloads, which hold ids only. */
export interface Jobs {
  /** Up to 100 interactions of one channel with unknown outcome. `timesLookedUp` counts the lookups at the provider so far. */
  readonly settle_unknown_outcomes: {
    readonly channel: Channel;
    readonly interactionIds: readonly InteractionId[];
    readonly timesLookedUp: number;
  };
  /** Up to 100 interactions of one channel that are due together. */
  readonly deliver_interactions: {
    readonly channel: Channel;
    readonly interactionIds: readonly InteractionId[];
    readonly lane: Lane;
    /** The number of times in a row that the batch returned to the queue without a call. */
    readonly notStarted: number;
  };
}
export type JobName = keyof Jobs;

const NAMES: Readonly<Record<JobName, true>> = {
  settle_unknown_outcomes: true,
  deliver_interactions: true,
};
export const JOB_NAMES = Object.keys(NAMES) as readonly JobName[];

declare global {
  // graphile-worker takes the payload types from here, so a wrong payload does not compile.
  // oxlint-disable-next-line typescript/no-namespace
  namespace GraphileWorker {
    interface Tasks extends Jobs {}
  }
}
