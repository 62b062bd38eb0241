import type { ConsentChange, StoredReading } from "../../domain/vocabulary.ts";
import { entriesOf, type Policy } from "../guard/policy/policy.ts";
import type { ReadInbound } from "../replies/read-inbound.ts";
import { DAY_MS, MINUTE_MS } from "../../domain/values/durations.ts";

/** The immediate consequences of a reply. */
export interface Consequences {
  /** For the number or address from which it came; null if it changes nothing. */
  readonly change: ConsentChange | null;
  /** True if the borrower's other numbers and addresses are opted out too. */
  readonly closesAll: boolean;
  /** The words on record. */
  readonly reason: string;
}

const NOTHING: Consequences = { change: null, closesAll: false, reason: "" };

/**
 * Decides what follows from a reply. A refusal closes the number at once, for messages about every debt. It closes the
 * borrower's other numbers and addresses if the borrower refuses all contact, and for any opt-out from the day on which one
 * revocation stops all programmes: 47 CFR 64.1200(a)(10), a dated parameter of the policy.
 */
export function consequencesOf(
  read: Pick<ReadInbound, "readings" | "keyword" | "isAutomatic">,
  revokesAll: boolean,
): Consequences {
  const { readings, keyword, isAutomatic } = read;
  if (isAutomatic) return NOTHING;
  const refusesAll = readings.includes("refuseAll");
  if (refusesAll || readings.includes("optOut"))
    return {
      change: "optOut",
      closesAll: refusesAll || revokesAll,
      reason: `The reply reads as ${refusesAll ? "a refusal of all contact" : "an opt-out"} (${keyword ?? "unknown"}).`,
    };
  if (readings.includes("optIn"))
    return {
      change: "optIn",
      closesAll: false,
      reason: `The reply asks for texts again (${keyword ?? "unknown"}).`,
    };
  return NOTHING;
}

/** True if on this day one revocation stops all programmes. `zone` is the lender's time zone. */
export function revokesAllOn(policy: Policy, now: Date, zone: string): boolean {
  const today = Date.parse(now.toLocaleDateString("en-CA", { timeZone: zone })) / DAY_MS;
  return entriesOf(policy, "optout.revoked", "revokeAllFrom").some(
    ({ value, until }) => today >= value.day && (until === null || today <= until),
  );
}

/** The time within which a confirmation must leave (ms), by the policy; 0 if the policy has none. */
export function confirmWithinMs(policy: Policy): number {
  const minutes = entriesOf(policy, "optout.confirm", "withinMinutes").map(
    ({ value }) => value.minutes,
  );
  return minutes.length === 0 ? 0 : Math.min(...minutes) * MINUTE_MS;
}

/** The reading on record: the first one, or `automatic` for the words of a program. */
export const storedReading = ({
  reading,
  isAutomatic,
}: Pick<ReadInbound, "reading" | "isAutomatic">): StoredReading =>
  isAutomatic ? "automatic" : reading;
