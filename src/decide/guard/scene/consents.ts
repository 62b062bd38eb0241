import type { Consent } from "../../../domain/guard/facts.ts";
import type { Instant } from "../../../domain/guard/moments.ts";

/** True while a consent is given. Without one, and after its end, there is none. */
export function isGiven(consent: Consent | undefined, at: Instant): boolean {
  return consent?.value === "consented" && (consent.until === undefined || at < consent.until);
}

/**
 * True while a consent that is given by default is withdrawn. A consent with an end is withdrawn after the end. A
 * withdrawal with an end no longer counts after the end.
 */
export function isWithdrawn(consent: Consent | undefined, at: Instant): boolean {
  if (consent === undefined) return false;
  const isOver = consent.until !== undefined && at >= consent.until;
  return consent.value === "revoked" ? !isOver : isOver;
}
