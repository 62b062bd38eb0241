import type { Facts } from "../../../domain/guard/facts.ts";
import type { Instant } from "../../../domain/guard/moments.ts";
import { BORROWER, debtOf, isConversation, loanIdsOf, personOf } from "./history.ts";
import { parameterOf, type Scene } from "./scene.ts";

type CallConsent = Facts["consents"]["calls"][number];

/**
 * True if a call about a debt is made under prior consent, by one clock: within seven days of it, or the shorter time
 * agreed, and before the next conversation about the debt (12 CFR 1006.14(b)(3)(i)).
 */
export function isUnderConsent(scene: Scene, debt: string, at: Instant, clock: number): boolean {
  if (scene.policy.off.has("freq.consentexcl")) return false;
  return scene.facts.consents.calls.some(
    (consent) =>
      isAbout(scene, consent, debt) &&
      isDuring(scene, consent, at, clock) &&
      !hasTalkedSince(scene, consent, debt, at),
  );
}

/** True if a call to the borrower now would be made under consent, by every clock. */
export function isConsentedNow(scene: Scene, debt: string): boolean {
  if (personOf(scene.facts, scene.message.contactId) !== BORROWER) return false;
  return scene.clocks.every((_, clock) => isUnderConsent(scene, debt, scene.at, clock));
}

function isAbout({ facts }: Scene, { loanIds }: CallConsent, debt: string): boolean {
  return loanIds === undefined || loanIds.some((id) => debtOf(facts, id) === debt);
}

function isDuring(scene: Scene, consent: CallConsent, at: Instant, index: number): boolean {
  const clock = scene.clocks[index];
  const days = parameterOf(scene, "freq.consentexcl", "withinDays")?.days;
  if (clock === undefined || days === undefined || at < consent.givenAt) return false;
  const given = clock.dayAt(consent.givenAt);
  // the seven days run from the receipt of the consent, also where the calls were agreed for later
  const last = Math.min(consent.until ?? Number.POSITIVE_INFINITY, given + days - 1);
  const day = clock.dayAt(at);
  return (consent.from ?? given) <= day && day <= last;
}

/** The conversation itself, and the one in which the consent was given, do not end it. */
function hasTalkedSince(
  { facts, past }: Scene,
  { givenAt }: CallConsent,
  debt: string,
  at: Instant,
): boolean {
  return past.some(
    (one) =>
      one.person === BORROWER &&
      isConversation(one) &&
      one.item.at > givenAt &&
      one.item.at < at &&
      loanIdsOf(one.item).some((id) => debtOf(facts, id) === debt),
  );
}
