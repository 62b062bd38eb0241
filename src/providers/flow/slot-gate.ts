import type { Lane } from "../../domain/jobs.ts";
import type { Message } from "../../domain/message.ts";
import { openPace } from "./rate-limiter.ts";

/** Lets no more calls begin than a provider takes, at once and a second, and hands its free slots out in turn. */
export interface SlotGate {
  /**
   * Leases a slot to each message whose call may begin, in the given order; the map is empty when no slot came free within
   * `waitMs`. It waits a few milliseconds for several free slots, so that messages can be claimed in sets. Singles go before
   * bulk, and a part of the slots is reserved for them: a bulk of any size does not hold them up.
   */
  lease<M extends Message>(
    messages: readonly M[],
    lane: Lane,
    waitMs: number,
  ): Promise<ReadonlyMap<M, Lease>>;
  /** The provider asks for fewer messages: nothing begins for a second. */
  readonly backOff: () => void;
}

/** The right to make one call. Hold it with `await using`: disposing it gives the slot back, once. */
export type Lease = AsyncDisposable;

export interface SlotGateOptions {
  /** The number of slots. It is asked for each decision, since it changes. */
  readonly slots: () => number;
  /** Calls a second; no limit if not given. */
  readonly perSecond?: number | undefined;
}

interface Turn {
  readonly wanted: number;
  readonly granted: (leases: readonly Lease[]) => void;
  waitsForBatch: boolean;
  readonly timers: NodeJS.Timeout[];
}

/** How long a turn waits for a batch of slots once one slot is free. */
const BATCH_WAIT_MS = 12;

export function createSlotGate(options: SlotGateOptions): SlotGate {
  const slots = createSlots(options, serve);
  const waiting: Record<Lane, Turn[]> = { single: [], bulk: [] };

  function serve(): void {
    while (serveFirst("single") || serveFirst("bulk"));
  }

  function serveFirst(lane: Lane): boolean {
    const [turn] = waiting[lane];
    if (turn === undefined) return false;
    const free = slots.free(lane);
    const least = turn.waitsForBatch ? Math.min(turn.wanted, slots.batch()) : 1;
    if (free < least) return false;
    leave(turn, lane);
    turn.granted(slots.take(Math.min(turn.wanted, free)));
    return true;
  }

  function leave(turn: Turn, lane: Lane): void {
    waiting[lane].splice(waiting[lane].indexOf(turn), 1);
    for (const timer of turn.timers) clearTimeout(timer);
  }

  function enter(turn: Turn, lane: Lane, waitMs: number): void {
    waiting[lane].push(turn);
    serve();
    if (!waiting[lane].includes(turn)) return;
    const settleForLess = (): void => {
      turn.waitsForBatch = false;
      serve();
    };
    const giveUp = (): void => {
      leave(turn, lane);
      turn.granted([]);
    };
    turn.timers.push(setTimeout(settleForLess, BATCH_WAIT_MS), setTimeout(giveUp, waitMs));
  }

  return {
    async lease(messages, lane, waitMs) {
      const { promise, resolve } = Promise.withResolvers<readonly Lease[]>();
      const wanted = messages.length;
      enter({ wanted, granted: resolve, waitsForBatch: true, timers: [] }, lane, waitMs);
      const leases = await promise;
      return new Map(leases.map((lease, at) => [messages[at] as (typeof messages)[number], lease]));
    },
    backOff: slots.backOff,
  };
}

interface Slots {
  free(lane: Lane): number;
  /** How many make a batch worth waiting for. */
  batch(): number;
  /** Takes that many of the free slots. */
  take(wanted: number): readonly Lease[];
  readonly backOff: () => void;
}

/** A part of the slots is for singles only. */
const reservedFrom = (lane: Lane, all: number): number =>
  lane === "bulk" && all > 1 ? Math.ceil(all / 10) : 0;

/** Counts slots; `onMore` is called when more of them are free. */
function createSlots({ slots, perSecond }: SlotGateOptions, onMore: () => void): Slots {
  const pace = openPace(perSecond, onMore);
  let taken = 0;

  function newLease(): Lease {
    let held = true;
    return {
      async [Symbol.asyncDispose]() {
        if (!held) return;
        held = false;
        taken -= 1;
        onMore();
      },
    };
  }

  return {
    free: (lane) => Math.min(slots() - reservedFrom(lane, slots()) - taken, pace.allowed()),
    batch: () => Math.ceil(slots() / 2),
    take(wanted) {
      taken += wanted;
      pace.spend(wanted);
      return Array.from({ length: wanted }, newLease);
    },
    backOff: pace.rest,
  };
}
