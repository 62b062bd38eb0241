import type { Message } from "../../domain/deliver/message.ts";

/**
 * The group of messages that can delay each other: email to one domain goes to one server, and texts to one country and
 * area go mostly to the same mobile operators.
 */
export function destinationOf({ to }: Message): string {
  const at = to.lastIndexOf("@");
  return at === -1 ? to.slice(0, COUNTRY_AND_AREA) : to.slice(at + 1).toLowerCase();
}

/** The length of +1614 in +1 614 555 0123. */
const COUNTRY_AND_AREA = 5;

/**
 * The state after its last call. Proven: answered in time. Late: answered late, or unanswered for long. Unknown: no
 * call has ended yet.
 */
export type DestinationState = "proven" | "late" | "unknown";

/** Limits the calls and claims of each destination, so that one that hangs delays its own messages only. */
export interface Destinations {
  /** True if another call to the destination may begin. */
  hasRoom(destination: string): boolean;
  /** The number of messages that may be claimed for the destination, out of `of` for all. */
  mostClaims(destination: string, of: number): number;
  stateOf(destination: string): DestinationState;
  /** True if the destination has calls and all of them have been unanswered for long. */
  hangs(destination: string): boolean;
  /** Counts a call to the destination. Call the result when the call has ended. */
  begin(destination: string): () => void;
}

interface Destination {
  /**
   * The number of concurrent calls it may have. It grows by one with each answer in time and is halved by a late one.
   */
  window: number;
  /** Null before its first answer. */
  wasInTime: boolean | null;
  /** The start times of its calls (`performance.now()`), oldest first. */
  readonly calls: Set<{ readonly since: number }>;
}

/** A call of this length is late (ms), unless calls usually take longer. */
const LATE_MS = 3_000;
/** A call is also late at this many times the usual duration. */
const LATE_FACTOR = 4;
const REMEMBERED = 10_000;

/** The most calls of one destination: all but a tenth, so that others can start; one if there is only one slot. */
const mostForOne = (all: number): number => Math.max(1, all - Math.ceil(all / 10));

const mostForLate = (all: number): number => Math.max(1, Math.floor(all / 4));
const mostForUnproven = (all: number): number => Math.max(1, Math.floor((all * 3) / 4));
/** Two, so that one message that hangs does not delay its whole domain. Fewer if others would have none. */
const firstWindow = (all: number): number => Math.max(1, Math.min(2, mostForUnproven(all) - 1));

/** The numbers of calls or claims of each destination. */
type Held = Iterable<readonly [destination: string, count: number]>;

/**
 * Limits what several destinations hold together, calls or claims: late ones a quarter of all, late and unknown ones
 * three quarters. The result returns for each destination in turn whether it may hold one more, and counts it.
 */
export function boundTogether(
  all: number,
  held: Held,
  stateOf: (destination: string) => DestinationState,
): (destination: string) => boolean {
  let counts: Record<DestinationState, number> | undefined;
  return (name) => {
    const state = stateOf(name);
    if (state === "proven") return true;
    counts ??= countByState(held, stateOf);
    const isTooMuch =
      counts.late + counts.unknown >= mostForUnproven(all) ||
      (state === "late" && counts.late >= mostForLate(all));
    if (!isTooMuch) counts[state] += 1;
    return !isTooMuch;
  };
}

function countByState(
  held: Held,
  stateOf: (destination: string) => DestinationState,
): Record<DestinationState, number> {
  const counts = { proven: 0, late: 0, unknown: 0 };
  for (const [name, count] of held) counts[stateOf(name)] += count;
  return counts;
}

/** `slots` and `usualMs` are read each time: the number of concurrent calls, and how long a call usually takes (ms). */
export function createDestinations(slots: () => number, usualMs: () => number): Destinations {
  const known = new Map<string, Destination>();
  const active = new Map<string, Destination>();
  const isLate = (ms: number): boolean => ms > Math.max(LATE_MS, LATE_FACTOR * usualMs());

  function hangs(name: string): boolean {
    const newest = [...(active.get(name)?.calls ?? [])].at(-1);
    return newest !== undefined && isLate(performance.now() - newest.since);
  }

  function stateOf(name: string): DestinationState {
    const { wasInTime = null } = known.get(name) ?? {};
    if (wasInTime === false || hangs(name)) return "late";
    return wasInTime === true ? "proven" : "unknown";
  }

  const mostCalls = (name: string): number =>
    Math.min(known.get(name)?.window ?? firstWindow(slots()), mostForOne(slots()));

  return {
    stateOf,
    hangs,
    hasRoom(name) {
      if ((active.get(name)?.calls.size ?? 0) >= mostCalls(name)) return false;
      return boundTogether(slots(), callsOf(active), stateOf)(name);
    },
    mostClaims(name, of) {
      const state = stateOf(name);
      if (state === "late") return mostCalls(name);
      // one message behind each call, until it is known how fast the destination answers
      if (state === "unknown") return 2 * mostCalls(name);
      return Math.max(1, Math.floor((mostCalls(name) * of) / slots()));
    },
    begin(name) {
      if (known.size > REMEMBERED) forgetIdle(known);
      const destination = known.get(name) ?? newDestination(firstWindow(slots()));
      known.set(name, destination);
      active.set(name, destination);
      const end = addCall(destination);
      return () => {
        const wasInTime = !isLate(end());
        if (destination.calls.size === 0) active.delete(name);
        learn(destination, wasInTime, mostCalls(name));
      };
    },
  };
}

function* callsOf(active: ReadonlyMap<string, Destination>): Held {
  for (const [name, { calls }] of active) yield [name, calls.size];
}

/** The result removes the call and returns its duration (ms). */
function addCall({ calls }: Destination): () => number {
  const call = { since: performance.now() };
  calls.add(call);
  return () => {
    calls.delete(call);
    return performance.now() - call.since;
  };
}

function learn(destination: Destination, wasInTime: boolean, mostCalls: number): void {
  destination.wasInTime = wasInTime;
  destination.window = wasInTime ? destination.window + 1 : Math.max(1, Math.floor(mostCalls / 2));
}

const newDestination = (window: number): Destination => ({
  window,
  wasInTime: null,
  calls: new Set(),
});

function forgetIdle(known: Map<string, Destination>): void {
  for (const [name, { calls }] of known) if (calls.size === 0) known.delete(name);
}
