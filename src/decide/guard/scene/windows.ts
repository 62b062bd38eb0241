import { DAY_MS, MINUTE_MS } from "../../../domain/values/durations.ts";
import type { Instant } from "../../../domain/guard/moments.ts";
import type { RuleId } from "../../../domain/guard/rule-ids.ts";
import { nextInstantOf, type ZoneClock } from "../time/zone-clock.ts";
import { lawOf, type Scene } from "./scene.ts";

/** Local hours, half-open, in minutes since midnight. */
export interface Hours {
  readonly from: number;
  readonly to: number;
}

/** Returns the narrowest hours of a rule for this message; undefined if no hours apply. */
export function hoursOf(scene: Scene, ruleId: RuleId): Hours | undefined {
  const windows = lawOf(scene, ruleId, "window")
    .map(({ entry }) => entry.value)
    .filter(({ channels }) => channels.includes(scene.message.channel));
  if (windows.length === 0) return undefined;
  return {
    from: Math.max(...windows.map(({ from }) => from)),
    to: Math.min(...windows.map(({ to }) => to)),
  };
}

/** The limit of the search. A longer wait is refused in any case. */
export const SEARCH_MS = 40 * DAY_MS;

/**
 * Returns the first instant from `at` on at which the hours are open in every zone, outside the margin before they
 * close. Beyond the limit of the search the result is some instant there.
 */
export function nextOpening(scene: Scene, hours: Hours): Instant {
  const end = hours.to - marginOf(scene);
  return settleIn(scene, (clock, at) => {
    const time = clock.timeAt(at);
    if (time < hours.from * MINUTE_MS) return nextInstantOf(clock, at, clock.dayAt(at), hours.from);
    if (time < end * MINUTE_MS) return at;
    return clock.instantOf(clock.dayAt(at) + 1, hours.from);
  });
}

/** Moves an instant forward, zone by zone, until no zone moves it any more. */
export function settleIn(
  { clocks, at: start }: Scene,
  move: (clock: ZoneClock, at: Instant) => Instant,
): Instant {
  let [at, moved] = [start, true];
  while (moved && at - start <= SEARCH_MS) {
    const before = at;
    for (const clock of clocks) at = move(clock, at);
    moved = at > before;
  }
  return at;
}

/** Minutes before the end of the hours in which no contact begins. */
function marginOf({ message, facts }: Scene): number {
  const { voice, text } = facts.lender.limits.marginMinutes;
  if (message.channel === "voice") return voice;
  return message.channel === "text" ? text : 0;
}

/** Returns the instant at which the hours close in the first of the zones. */
export function closingOf({ clocks, days }: Scene, { to }: Hours): Instant {
  return Math.min(...clocks.map((clock, index) => clock.instantOf(days[index] ?? 0, to)));
}
