import type { Channel } from "./vocabulary.ts";

/** Single notices go before those of a bulk. */
export type Lane = "single" | "bulk";

/** The queue's jobs and their payloads: ids, nothing else. */
export interface Jobs {
  /** Queued by the database itself, in the transaction that inserts the changes. */
  readonly resolve_case_changes: { readonly caseChangeIds: readonly string[] };
  /** Interactions of one channel whose outcome nobody knows; `asked` is how often the provider was asked already. */
  readonly settle_unknown_outcomes: {
    readonly channel: Channel;
    readonly interactionIds: readonly string[];
    readonly asked: number;
  };
  /** Up to a hundred interactions of one channel that fall due together. */
  readonly deliver_interactions: {
    readonly channel: Channel;
    readonly interactionIds: readonly string[];
    readonly lane: Lane;
    /** How often in a row the set came back to the queue without one call started. */
    readonly notStarted: number;
  };
}
export type JobName = keyof Jobs;

const NAMES: Readonly<Record<JobName, true>> = {
  resolve_case_changes: true,
  settle_unknown_outcomes: true,
  deliver_interactions: true,
};
export const JOB_NAMES = Object.keys(NAMES) as readonly JobName[];

declare global {
  // graphile-worker takes the types of payloads from here: a wrong one does not compile
  // oxlint-disable-next-line typescript/no-namespace
  namespace GraphileWorker {
    interface Tasks extends Jobs {}
  }
}
