import type { Day, Instant } from "../../../domain/guard/moments.ts";
import { hoursOf, nextOpening, SEARCH_MS } from "./windows.ts";
import type { PastContact } from "./history.ts";
import { type Scene, sceneAt } from "./scene.ts";
import type { ZoneClock } from "../time/zone-clock.ts";

/** Which past contacts count, by the clock of one zone. */
export type Counts = (past: PastContact, clock: number) => boolean;

export interface Limit {
  readonly max: number;
  /** Local calendar days, the day itself included. */
  readonly days: number;
}

export interface Wait {
  readonly until: Instant;
  /** The past contacts that fill the count. */
  readonly facts: readonly string[];
}

/**
 * The wait that a count asks for, or undefined where there is a place. Days are counted by each clock, and any that
 * closes, closes. The wait ends on the first day with a free place, at the start of the hours.
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

/** What is older than the span counts on no day from today on. */
function isWithin({ days }: Scene, limit: Limit, past: PastContact, clock: number): boolean {
  return (past.days[clock] ?? 0) > (days[clock] ?? 0) - limit.days;
}

/** The longer of two waits. */
export function longer(one: Wait | undefined, other: Wait | undefined): Wait | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  return other.until > one.until ? other : one;
}

/** The start of the hours on the day that each clock must have reached; undefined where all have. */
export function waitForDays(scene: Scene, opens: readonly Day[]): Instant | undefined {
  const starts = scene.clocks.flatMap((clock, index) => {
    const day = opens[index] ?? 0;
    return day > (scene.days[index] ?? 0) ? [startOf(scene, clock, day)] : [];
  });
  if (starts.length === 0) return undefined;
  const start = Math.max(...starts);
  const hours = hoursOf(scene, "time.window");
  return hours === undefined ? start : nextOpening(sceneAt(scene, start), hours);
}

/** A day that never comes is as good as one past every limit. */
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
