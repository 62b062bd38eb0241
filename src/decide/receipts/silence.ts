import type { Channel } from "../../domain/vocabulary.ts";
import type { Progress } from "./table.ts";

/** A message that its provider took, and how long its channel waits for a receipt. */
export interface Silent {
  readonly channel: Channel;
  readonly progress: Progress;
  /** When the provider took it, or when the last receipt that fits arrived. */
  readonly lastHeardAt: Date;
  readonly waitMs: number;
}

/** Details of channels whose outcome is still to be found out: silence says nothing there. */
const isUnknown = ({ statusDetails }: Progress): boolean =>
  statusDetails?.endsWith("OutcomeUnknown") === true;

/**
 * When a message without a final receipt becomes `...NoReceipt`. Null where it never does: it is final, or its outcome is
 * unknown and settled in another way. A receipt that comes later still counts.
 */
export function silentFrom({ progress, lastHeardAt, waitMs }: Silent): Date | null {
  if (progress.status !== "attempted" || isUnknown(progress)) return null;
  return new Date(lastHeardAt.getTime() + waitMs);
}

/** The progress of a message at a time: as its receipts say, or `...NoReceipt` after a silence. */
export function progressAt(message: Silent, now: Date): Progress {
  const from = silentFrom(message);
  if (from === null || now < from) return message.progress;
  return { status: "attempted", statusDetails: `${message.channel}NoReceipt` };
}
