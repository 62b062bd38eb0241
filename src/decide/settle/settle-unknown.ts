import type {
  LookupResult,
  UnknownOutcome,
  UnknownVerdict,
} from "../../domain/settle/unknown-outcome.ts";

/** The settings of a channel for unknown outcomes. */
export interface SettlePolicy {
  /** The number of questions to the provider so far. */
  readonly asked: number;
  /** The wait before each question to the provider (ms). */
  readonly waits: readonly number[];
  /** A message that was never taken is sent again as often as the channel retries. */
  readonly retries: readonly number[];
  readonly now: Date;
}

/**
 * What becomes of an outcome nobody knows. `sighting` is what the provider said when asked; undefined where it cannot
 * be asked, as for email: then the policy of the notification type decides, and sends once more at the most.
 */
export function settleUnknown(
  unknown: UnknownOutcome,
  sighting: LookupResult | undefined,
  { asked, waits, retries, now }: SettlePolicy,
): UnknownVerdict {
  if (sighting === undefined) return byPolicy(unknown, now);
  if (sighting.kind === "found") {
    const { kind: _, ...found } = sighting;
    return { kind: "known", found };
  }
  const wait = waits[asked + 1];
  if (wait !== undefined) return { kind: "askAgain", at: new Date(now.getTime() + wait) };
  if (sighting.kind === "unavailable") return { kind: "hold" };
  // It is not there after the last wait, and Twilio lists a message seconds after it accepted it.
  return { kind: unknown.timesUnknown > retries.length ? "giveUp" : "neverSent" };
}

function byPolicy(
  { onUnknown, earlierUnknown, latestAt }: UnknownOutcome,
  now: Date,
): UnknownVerdict {
  const tooLate = latestAt !== null && now > latestAt;
  if (onUnknown === "hold" || earlierUnknown > 0 || tooLate) return { kind: "hold" };
  return { kind: "resend" };
}
