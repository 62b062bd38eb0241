import type {
  LookupResult,
  UnknownOutcome,
  UnknownVerdict,
} from "../../domain/settle/unknown-outcome.ts";

/** The settings of a channel for unknown outcomes. */
export interface SettlePolicy {
  /** The number of lookups at the provider so far. */
  readonly timesLookedUp: number;
  /** The wait before each lookup (ms). */
  readonly waits: readonly number[];
  /** The waits before retries (ms). A message that was never accepted is sent again as often as there are waits. */
  readonly retries: readonly number[];
  readonly now: Date;
}

/**
 * Decides the next step for an unknown outcome. `lookup` is the result of the lookup at the provider. It is undefined
 * if the provider has no lookup, as for email; then the policy of the notification type decides, and the message is
 * sent once more at most.
 */
export function settleUnknown(
  unknown: UnknownOutcome,
  lookup: LookupResult | undefined,
  { timesLookedUp, waits, retries, now }: SettlePolicy,
): UnknownVerdict {
  if (lookup === undefined) return byPolicy(unknown, now);
  if (lookup.kind === "found") {
    const { kind: _, ...found } = lookup;
    return { kind: "known", found };
  }
  const wait = waits[timesLookedUp + 1];
  if (wait !== undefined) return { kind: "lookUpAgain", at: new Date(now.getTime() + wait) };
  if (lookup.kind === "unavailable") return { kind: "hold" };
  // Twilio lists a message seconds after it accepted it, so a message that is missing after the last wait was not
  // accepted.
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
