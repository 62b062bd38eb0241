import type { Channel } from "./vocabulary.ts";

/**
 * The state of a channel in one daemon.
 * - works: the last calls were answered as they should be, or there were none.
 * - failing: several calls in a row ended without a sign that the provider works, as when it refuses connections.
 * - stopped: the circuit breaker is open, because of our login, our sender, our settings or a limit of the account.
 */
export type ChannelCondition = "works" | "failing" | "stopped";

/** The state of a channel in one daemon, as its heartbeat records it. It has no personal data. */
export interface ChannelState {
  readonly channel: Channel;
  readonly provider: string;
  readonly condition: ChannelCondition;
  /** The first failure (ISO 8601, UTC); null while it works. */
  readonly since: string | null;
  /** The meaning of the last failure; null while it works. */
  readonly why: string | null;
  /** The provider's codes and words of the last failure; null while it works, or if there were none. */
  readonly words: string | null;
  /** Calls that failed in a row; 0 while it works. */
  readonly failures: number;
  /** Answers of the last minute, and those of them that accepted the message. */
  readonly lastMinute: CallCount;
  readonly lastFiveMinutes: CallCount;
}

/** Calls to a provider that were answered within a time. */
export interface CallCount {
  readonly answered: number;
  readonly accepted: number;
}
