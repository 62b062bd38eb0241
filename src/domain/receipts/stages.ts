import type { DetailWord } from "../status-details.ts";
import type { Channel, InteractionStatus } from "../vocabulary.ts";

/** The stage of a receipt in the life of a message, and the status of the interaction at this stage. */
export type Stage = readonly [stage: number, status: InteractionStatus];

/**
 * The status details of receipts on the channels that Tidings sends on, without the name of the channel. A receipt of a later
 * stage replaces one of an earlier stage. The tables of the providers agree with it; a test compares them.
 */
const STAGES: Readonly<Record<string, Stage>> = {
  OutcomeUnknown: [0, "attempted"],
  Queued: [1, "attempted"],
  Sent: [2, "attempted"],
  Deferred: [2, "attempted"],
  NoReceipt: [2, "attempted"],
  Delivered: [3, "succeeded"],
  Opened: [4, "succeeded"],
  Read: [4, "succeeded"],
  Clicked: [5, "succeeded"],
  SpamReported: [6, "succeeded"],
  Unsubscribed: [6, "succeeded"],
  Returned: [7, "failed"],
  Bounced: [7, "failed"],
  Dropped: [7, "failed"],
  Undelivered: [7, "failed"],
  OptedOut: [7, "failed"],
  Expired: [7, "failed"],
  Failed: [7, "failed"],
  Canceled: [7, "canceled"],
} satisfies Partial<Record<DetailWord, Stage>>;

/** Returns the stage of status details such as `emailSent`; undefined for details that are not listed. */
export const stageOf = (channel: Channel, details: string | null): Stage | undefined =>
  details?.startsWith(channel) === true ? STAGES[details.slice(channel.length)] : undefined;
