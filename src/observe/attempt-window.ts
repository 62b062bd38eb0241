import type { ChannelPace, Pace } from "../domain/heartbeat.ts";
import type { Channel } from "../domain/vocabulary.ts";
import type { Attempt } from "./attempt.ts";

/** The attempts since the last heartbeat line. */
export interface AttemptWindow {
  add(attempt: Attempt): void;
  /** Summarizes the attempts since the last call. `seconds` is the time since then. */
  take(seconds: number): Pace;
}

/** Durations beyond this number are not kept: the percentiles of so many hardly change. */
const MOST_DURATIONS = 50_000;

interface Counts {
  attempts: number;
  readonly durationsMs: number[];
}

export function createAttemptWindow(): AttemptWindow {
  let byChannel = new Map<Channel, Counts>();
  let failedByReason: Record<string, number> = {};

  return {
    add({ channel, outcome, reason, durationMs }) {
      const counts = byChannel.get(channel) ?? { attempts: 0, durationsMs: [] };
      byChannel.set(channel, counts);
      counts.attempts += 1;
      if (durationMs !== null && counts.durationsMs.length < MOST_DURATIONS)
        counts.durationsMs.push(durationMs);
      if (outcome === "failed") failedByReason[reason] = (failedByReason[reason] ?? 0) + 1;
    },
    take(seconds) {
      const channels = Object.fromEntries(
        [...byChannel].map(([channel, counts]) => [channel, paceOf(counts, seconds)]),
      );
      const attempts = [...byChannel.values()].reduce((sum, counts) => sum + counts.attempts, 0);
      const pace = { attemptsPerSecond: rate(attempts, seconds), failedByReason, channels };
      byChannel = new Map();
      failedByReason = {};
      return pace;
    },
  };
}

function paceOf({ attempts, durationsMs }: Counts, seconds: number): ChannelPace {
  const sorted = durationsMs.toSorted((one, other) => one - other);
  return {
    attemptsPerSecond: rate(attempts, seconds),
    latencyP50Ms: percentile(sorted, 0.5),
    latencyP95Ms: percentile(sorted, 0.95),
  };
}

const rate = (attempts: number, seconds: number): number =>
  seconds > 0 ? Math.round((attempts / seconds) * 100) / 100 : 0;

/** The nearest-rank percentile of sorted values; null if there are none. */
const percentile = (sorted: readonly number[], part: number): number | null =>
  sorted[Math.max(0, Math.ceil(sorted.length * part) - 1)] ?? null;
