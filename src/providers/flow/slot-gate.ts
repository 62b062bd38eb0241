import type { Lane } from "../../domain/jobs.ts";
import type { Message } from "../../domain/deliver/message.ts";
import { boundTogether, destinationOf, type Destinations } from "./destinations.ts";
import { createRateLimiter } from "./rate-limiter.ts";

/**
 * Limits the concurrent calls and the calls per second, and leases free slots in order. A destination that hangs holds
 * only a limited part of them.
 */
export interface SlotGate {
  /**
   * Leases a slot to each message whose call may begin, in the given order. The map is empty if no slot became free
   * within `waitMs`, or if all of the messages go to destinations that hang. It waits a few milliseconds for several
   * free slots, so that messages can be claimed in batches. Singles go before bulk, and some slots are reserved for
   * them, so a bulk of any size does not delay them.
   */
  lease<M extends Message>(
    messages: readonly M[],
    lane: Lane,
    waitMs: number,
  ): Promise<ReadonlyMap<M, Lease>>;
  /** True if slots are free for this lane, although perhaps not for every destination. */
  hasFree(lane: Lane): boolean;
  /** Begins no call for a second, because the provider asked for fewer messages. */
  readonly backOff: () => void;
}

/** The right to make one call. Hold it with `await using`: disposing it returns the slot once. */
export interface Lease extends AsyncDisposable {
  /** Notes that no call was made, so that disposing returns the call to the rate limit too. */
  readonly unused: () => void;
}

export interface SlotGateOptions {
  /** The number of slots. It is read for each decision, because it changes. */
  readonly slots: () => number;
  /** Calls per second; no limit if not given. */
  readonly perSecond?: number | undefined;
  /** The limits of one destination; no limit if not given. */
  readonly destinations?: Bounds;
  /** True while claimed messages keep all calls busy, so that a waiter may wait for a batch. False if not given. */
  readonly hasEnoughClaimed?: (() => boolean) | undefined;
}

type Leases = ReadonlyMap<Message, Lease>;

interface Waiter {
  readonly messages: readonly Message[];
  /** The destinations of the messages, each once. */
  readonly destinations: readonly string[];
  readonly lane: Lane;
  readonly granted: (leases: Leases) => void;
  /** False once it has waited long enough for a batch. */
  waitsForBatch: boolean;
  /** Runs while slots are free, but fewer than a batch. */
  batchTimer: NodeJS.Timeout | undefined;
}

/** The time that the first waiter waits for a batch of slots once one slot is free for it (ms). While claimed messages keep all calls busy, it waits this time again. */
const BATCH_WAIT_MS = 12;

export function createSlotGate(options: SlotGateOptions): SlotGate {
  const slots = createSlots(options, () => line.serve());
  const line = createLine(slots, options.hasEnoughClaimed);
  return {
    async lease<M extends Message>(messages: readonly M[], lane: Lane, waitMs: number) {
      if (slots.areHeldUp(messages)) return new Map();
      return (await line.wait(messages, lane, waitMs)) as ReadonlyMap<M, Lease>;
    },
    hasFree: (lane) => slots.free(lane) > 0,
    backOff: slots.backOff,
  };
}

interface Line {
  /** Leases the free slots to the waiters. */
  serve(): void;
  wait(messages: readonly Message[], lane: Lane, waitMs: number): Promise<Leases>;
}

/** The waiters for slots. Singles go before bulk. */
function createLine(slots: Slots, hasEnough = () => false): Line {
  const waiting: Record<Lane, Set<Waiter>> = { single: new Set(), bulk: new Set() };

  function serve(): void {
    while (serveOne("single") || serveOne("bulk"));
  }

  /** Serves the first waiter of a lane. A later waiter overtakes it only while its destinations have no room. */
  function serveOne(lane: Lane): boolean {
    for (const waiter of waiting[lane]) {
      const allowed = slots.choose(waiter.messages, lane);
      const least = waiter.waitsForBatch ? slots.batchOf(waiter) : 1;
      if (allowed.length >= least) return grant(waiter, allowed);
      if (allowed.length === 0) continue;
      waiter.batchTimer ??= setInterval(() => hasEnough() || settleForLess(waiter), BATCH_WAIT_MS);
      return false;
    }
    return false;
  }

  function settleForLess(waiter: Waiter): void {
    stopTimer(waiter);
    // another waiter has taken the slots, and the next free slot begins a new wait
    if (slots.choose(waiter.messages, waiter.lane).length === 0) return;
    waiter.waitsForBatch = false;
    serve();
  }

  function grant(waiter: Waiter, allowed: readonly Message[]): true {
    waiting[waiter.lane].delete(waiter);
    stopTimer(waiter);
    waiter.granted(new Map(allowed.map((message) => [message, slots.take(message)])));
    return true;
  }

  function giveUp(waiter: Waiter): void {
    settleForLess(waiter);
    if (waiting[waiter.lane].has(waiter)) grant(waiter, []);
  }

  return {
    serve,
    wait(messages, lane, waitMs) {
      const { promise, resolve: granted } = Promise.withResolvers<Leases>();
      const waiter = waiterFor(messages, lane, granted);
      const giveUpTimer = setTimeout(() => giveUp(waiter), waitMs);
      waiting[lane].add(waiter);
      serve();
      return promise.finally(() => clearTimeout(giveUpTimer));
    },
  };
}

const waiterFor = (
  messages: readonly Message[],
  lane: Lane,
  granted: Waiter["granted"],
): Waiter => ({
  messages,
  destinations: [...new Set(messages.map(destinationOf))],
  lane,
  granted,
  waitsForBatch: true,
  batchTimer: undefined,
});

function stopTimer(waiter: Waiter): void {
  clearInterval(waiter.batchTimer);
  waiter.batchTimer = undefined;
}

interface Slots {
  free(lane: Lane): number;
  /** The messages whose calls may begin now. */
  choose(messages: readonly Message[], lane: Lane): readonly Message[];
  /** The number of messages that make a batch worth waiting for. */
  batchOf(waiter: Pick<Waiter, "messages" | "destinations">): number;
  /** True if all of the messages go to destinations that hang and have all the slots they may have. */
  areHeldUp(messages: readonly Message[]): boolean;
  take(message: Message): Lease;
  readonly backOff: () => void;
}

/** The slots that are reserved for singles. */
const reservedFrom = (lane: Lane, all: number): number =>
  lane === "bulk" && all > 1 ? Math.ceil(all / 10) : 0;

/** Counts slots; `onMore` is called when more of them are free. */
function createSlots(options: SlotGateOptions, onMore: () => void): Slots {
  const { slots, perSecond } = options;
  const rate = createRateLimiter(perSecond, onMore);
  const shares = createShares(options);
  let taken = 0;

  const free = (lane: Lane): number =>
    Math.min(slots() - reservedFrom(lane, slots()) - taken, rate.allowed());

  return {
    free,
    choose(messages, lane) {
      const most = free(lane);
      const mayTake = shares.plan();
      const chosen: Message[] = [];
      for (const message of messages) {
        if (chosen.length >= most) break;
        if (mayTake(destinationOf(message))) chosen.push(message);
      }
      return chosen;
    },
    batchOf({ messages, destinations }) {
      const reach = Math.min(slots(), shares.reachOf(destinations));
      return Math.min(messages.length, Math.ceil(reach / 2));
    },
    areHeldUp: (messages) =>
      messages.length > 0 && messages.map(destinationOf).every((name) => shares.isHeldUp(name)),
    take(message) {
      const destination = destinationOf(message);
      taken += 1;
      rate.spend(1);
      shares.take(destination);
      return leaseThat((isUnused) => {
        taken -= 1;
        if (isUnused) rate.spend(-1);
        shares.giveBack(destination);
        onMore();
      });
    },
    backOff: rate.backOff,
  };
}

function leaseThat(giveBack: (isUnused: boolean) => void): Lease {
  let isHeld = true;
  let isUnused = false;
  return {
    unused: () => void (isUnused = true),
    async [Symbol.asyncDispose]() {
      if (!isHeld) return;
      isHeld = false;
      giveBack(isUnused);
    },
  };
}

interface Shares {
  /** Begins a choice. The result returns for each destination in turn whether it may get one more slot. */
  plan(): (destination: string) => boolean;
  /** The number of slots that the destinations, each named once, may have together. */
  reachOf(destinations: readonly string[]): number;
  /** True if the destination hangs and has all the slots it may have. */
  isHeldUp(destination: string): boolean;
  take(destination: string): void;
  giveBack(destination: string): void;
}

type Bounds = Pick<Destinations, "mostClaims" | "stateOf" | "hangs">;
const NO_BOUNDS: Bounds = {
  mostClaims: (_, of) => of,
  stateOf: () => "proven",
  hangs: () => false,
};

/** Counts the slots of each destination. */
function createShares({ slots, destinations = NO_BOUNDS }: SlotGateOptions): Shares {
  const held = new Map<string, number>();
  const heldBy = (name: string): number => held.get(name) ?? 0;
  const roomOf = (name: string): number => destinations.mostClaims(name, slots()) - heldBy(name);

  return {
    plan() {
      const rooms = new Map<string, number>();
      const mayHoldOneMore = boundTogether(slots(), held, (name) => destinations.stateOf(name));
      return (name) => {
        const room = rooms.get(name) ?? roomOf(name);
        const mayTake = room > 0 && mayHoldOneMore(name);
        rooms.set(name, mayTake ? room - 1 : room);
        return mayTake;
      };
    },
    reachOf: (names) =>
      names.reduce((sum, name) => sum + destinations.mostClaims(name, slots()), 0),
    isHeldUp: (name) => destinations.hangs(name) && roomOf(name) <= 0,
    take: (name) => void held.set(name, heldBy(name) + 1),
    giveBack(name) {
      if (heldBy(name) > 1) held.set(name, heldBy(name) - 1);
      else held.delete(name);
    },
  };
}
