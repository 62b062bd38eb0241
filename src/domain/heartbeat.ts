import type { Channel } from "./vocabulary.ts";

/** The state of the work of one channel. */
export interface ChannelWork {
  /** Interactions that are due and not sent: also those that a pause, a stopped channel or a limit has put off. */
  readonly due: number;
  /** The time since the oldest of them was due; 0 if there is none. */
  readonly oldestDueSeconds: number;
  readonly inProgress: number;
  readonly unknownOutcomes: number;
  /** Those of the unknown outcomes that a person must settle. */
  readonly heldForPerson: number;
}

/** The state of the work in the database, the same for all daemons. */
export interface Work {
  readonly channels: Readonly<Partial<Record<Channel, ChannelWork>>>;
  readonly unresolvedChanges: number;
  readonly oldestUnresolvedSeconds: number;
  readonly receiptsWaiting: number;
  readonly oldestReceiptSeconds: number;
  /** Receipts that fit no message or no documented sequence. */
  readonly openOddities: number;
  /** Replies that wait for a person. */
  readonly unreadReplies: number;
  readonly oldestReplySeconds: number;
  /** Notices that the law requires and that count as not sent. */
  readonly undeliveredNotices: number;
  readonly jobsDue: number;
  readonly jobsRunning: number;
  readonly jobsGivenUp: number;
  /** The notices that the guard leaves to a person. */
  readonly heldNotices: number;
  /** The time since the oldest of them was held; 0 if there is none. */
  readonly oldestHeldSeconds: number;
  /** Those whose latest time is within a day, or has passed. */
  readonly heldNearDeadline: number;
  readonly openPauses: number;
  readonly oldestPauseSeconds: number;
  /** The channels that a pause stops: each of them, or all. */
  readonly pausedChannels: readonly Channel[];
  /** Daemons with a recent heartbeat. */
  readonly workers: number;
}

/** The attempts of one channel since the last heartbeat line. */
export interface ChannelPace {
  readonly attemptsPerSecond: number;
  /** The time from a call to its answer; null without an attempt. */
  readonly latencyP50Ms: number | null;
  readonly latencyP95Ms: number | null;
}

/** The attempts of this daemon since the last heartbeat line. */
export interface Pace {
  readonly attemptsPerSecond: number;
  /** By status details. */
  readonly failedByReason: Readonly<Record<string, number>>;
  readonly channels: Readonly<Partial<Record<Channel, ChannelPace>>>;
}
