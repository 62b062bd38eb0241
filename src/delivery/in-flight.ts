import type { InteractionId } from "../domain/ids.ts";

/** The interactions that this process has claimed and not yet recorded, and its calls to providers. */
export interface InFlight {
  /**
   * Reserves those of the ids that are not in flight yet and returns them. The others stay with the job that reserved
   * them.
   */
  reserve(interactionIds: readonly InteractionId[]): InteractionId[];
  /** Releases ids: their outcome is recorded, or their claim failed. */
  release(interactionIds: readonly InteractionId[]): void;
  /** All ids in flight. */
  ids(): InteractionId[];
  /** Follows a call until it has ended. The call must not reject. */
  follow(call: Promise<void>): void;
  /** The number of calls that have not ended. */
  readonly calls: number;
  /** Resolves when no call is left, including those that begin while it waits. */
  idle(): Promise<void>;
}

export function createInFlight(): InFlight {
  const reserved = new Set<InteractionId>();
  const calls = new Set<Promise<void>>();
  return {
    reserve(interactionIds) {
      const free = interactionIds.filter((id) => !reserved.has(id));
      for (const id of free) reserved.add(id);
      return free;
    },
    release(interactionIds) {
      for (const id of interactionIds) reserved.delete(id);
    },
    ids: () => [...reserved],
    follow(call) {
      calls.add(call);
      void call.finally(() => calls.delete(call));
    },
    get calls() {
      return calls.size;
    },
    async idle() {
      while (calls.size > 0) await Promise.all(calls);
    },
  };
}
