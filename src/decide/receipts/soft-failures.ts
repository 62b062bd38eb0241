import type { SoftLimit } from "./table.ts";
import { DAY_MS } from "../../domain/values/durations.ts";

/**
 * True if soft failures have made a contact unusable. `failedAt` lists those since the contact last succeeded, in any
 * order, each interaction once.
 */
export function isBeyondLimit(limit: SoftLimit, failedAt: readonly Date[]): boolean {
  const times = failedAt.map((date) => date.getTime()).toSorted((one, other) => one - other);
  const { count, withinDays = Infinity, overDays = 0 } = limit;
  return times.some((last, index) => {
    const earlier = times.slice(0, index + 1).filter((time) => last - time <= withinDays * DAY_MS);
    const [first = last] = earlier;
    return earlier.length >= count && last - first >= overDays * DAY_MS;
  });
}
