import type { Day, Instant } from "../../../domain/guard/moments.ts";
import { hoursOf, nextOpening, SEARCH_MS } from "./windows.ts";
import type { PastContact } from "./history.ts";
import { type Scene, sceneAt } from "./scene.ts";
import type { ZoneClock } from "../time/zone-clock.ts";

/** Selects the past contacts that count, by the clock of one zone. */
export type Counts = (past: PastContact, clock: number) => boolean;

export interface Limit {
  readonly max: number;
  /** Local calendar days, including the day itself. */
  readonly days: number;
}

export interface Wait {
  readonly until: Instant;
  /** The past contacts that use up the limit. */
  readonly facts: readonly string[];
}

/**
 * Returns the wait that a limit requires; undefined if another contact is allowed. Days are counted by each clock, and
 * a full count by any clock requires a wait. The wait ends at the start of the hours on the first day with a free
 * place.
 */
export function waitForPlace(scene: Scene, limit: Limit, counts: Counts): Wait | undefined {
  const counted = scene.clocks.map((_, clock) =>
    scene.past.filter((past) => isWithin(scene, limit, past, clock) && counts(past, clock)),
  );
  const opens = counted.map((list, clock) => {
    const days = list.map((past) => past.days[clock] ?? 0);
    return firstFreeDay(days, scene.days[clock] ?? 0, limit);
  });
  const until = waitForDays(scene, opens);
  if (until === undefined) return undefined;
  return { until, facts: [...new Set(counted.flat().map(({ fact }) => fact))] };
}

/** An item older than the limit's span counts on no later day. */
function isWithin({ days }: Scene, limit: Limit, past: PastContact, clock: number): boolean {
  return (past.days[clock] ?? 0) > (days[clock] ?? 0) - limit.days;
}

/** Returns the longer of two waits. */
export function longer(one: Wait | undefined, other: Wait | undefined): Wait | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  return other.until > one.until ? other : one;
}

/** Returns the start of the hours on the day that each clock must reach; undefined if all have reached it. */
export function waitForDays(scene: Scene, opens: readonly Day[]): Instant | undefined {
  const starts = scene.clocks.flatMap((clock, index) => {
    const day = opens[index] ?? 0;
    return day > (scene.days[index] ?? 0) ? [startOf(scene, clock, day)] : [];
  });
  if (starts.length === 0) return undefined;
  const start = Math.max(...starts);
  const hours = scene.policy.off.has("time.window") ? undefined : hoursOf(scene, "time.window");
  return hours === undefined ? start : nextOpening(sceneAt(scene, start), hours);
}

/** A date beyond the calendar counts as a date after every limit. */
function startOf({ at }: Scene, clock: ZoneClock, day: Day): Instant {
  return Number.isFinite(day) ? clock.instantOf(day, 0) : at + SEARCH_MS;
}

function firstFreeDay(days: readonly Day[], today: Day, { max, days: span }: Limit): Day {
  if (max === 0) return Number.POSITIVE_INFINITY;
  const last = Math.max(today, ...days) + span;
  for (let day = today; day < last; day += 1)
    if (days.filter((one) => one > day - span && one <= day).length < max) return day;
  return last;
}
