import { isOutcomeUnknown } from "../../domain/status-details.ts";
import type { Channel } from "../../domain/vocabulary.ts";
import type { Progress } from "./table.ts";

/** A message that its provider accepted, and how long its channel waits for a receipt. */
export interface Silent {
  readonly channel: Channel;
  readonly progress: Progress;
  /** The time when the provider accepted it, or when the last fitting receipt arrived. */
  readonly lastHeardAt: Date;
  readonly waitMs: number;
}

/**
 * The time at which a message without a final receipt becomes `...NoReceipt`. Null if never: it is final, or its
 * outcome is unknown and is settled in another way. A later receipt still counts.
 */
export function silentFrom({ progress, lastHeardAt, waitMs }: Silent): Date | null {
  if (progress.status !== "attempted" || isOutcomeUnknown(progress.statusDetails)) return null;
  return new Date(lastHeardAt.getTime() + waitMs);
}

/** The progress of a message at a time: that of its receipts, or `...NoReceipt` if they are missing for too long. */
export function progressAt(message: Silent, now: Date): Progress {
  const from = silentFrom(message);
  if (from === null || now < from) return message.progress;
  return { status: "attempted", statusDetails: `${message.channel}NoReceipt` };
}
