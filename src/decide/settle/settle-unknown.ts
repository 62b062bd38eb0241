import type { LookupResult, UnknownOutcome, UnknownVerdict } from "../../domain/unknown-outcome.ts";

/** How often it was asked already, and how long to wait before each time (ms). */
export interface Asking {
  readonly asked: number;
  readonly waits: readonly number[];
  readonly now: Date;
}

/**
 * What becomes of an outcome nobody knows. `sighting` is what the provider said when asked; undefined where it cannot
 * be asked, as for email: then the policy of the notification type decides, and sends once more at the most.
 */
export function settleUnknown(
  unknown: UnknownOutcome,
  sighting: LookupResult | undefined,
  { asked, waits, now }: Asking,
): UnknownVerdict {
  if (sighting === undefined) return byPolicy(unknown, now);
  if (sighting.kind === "found") {
    const { kind: _, ...found } = sighting;
    return { kind: "known", found };
  }
  const wait = waits[asked + 1];
  if (wait !== undefined) return { kind: "askAgain", at: new Date(now.getTime() + wait) };
  // not there after the last wait: Twilio lists a message seconds after it took it
  return sighting.kind === "notFound" ? { kind: "neverSent" } : { kind: "hold" };
}

function byPolicy(
  { onUnknown, earlierUnknown, latestAt }: UnknownOutcome,
  now: Date,
): UnknownVerdict {
  const tooLate = latestAt !== null && now > latestAt;
  if (onUnknown === "hold" || earlierUnknown > 0 || tooLate) return { kind: "hold" };
  return { kind: "resend" };
}
