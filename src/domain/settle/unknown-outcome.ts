import type { InteractionId } from "../ids.ts";
import type { ContactFinding } from "../provider-answer.ts";
import type { StatusDetails } from "../status-details.ts";
import type { Channel, OnUnknown } from "../vocabulary.ts";

/** An interaction whose outcome is unknown, with the data that settling needs. */
export interface UnknownOutcome {
  readonly interactionId: InteractionId;
  readonly channel: Channel;
  readonly onUnknown: OnUnknown;
  /** The number of earlier attempts in its chain whose outcome was unknown. */
  readonly earlierUnknown: number;
  /**
   * The number of times that the outcome of this attempt was unknown. It is sent again if the provider never accepted
   * it.
   */
  readonly timesUnknown: number;
  readonly latestAt: Date | null;
  readonly claimedAt: Date;
  /** The recipient and the body, to look up the message at the provider. */
  readonly to: string;
  readonly body: string;
}

/** The state of an accepted message at the provider. */
export interface FoundMessage {
  readonly messageId: string;
  readonly status: "attempted" | "succeeded" | "failed";
  readonly statusDetails: StatusDetails;
  /** Null unless failed. */
  readonly failure: FoundFailure | null;
}

/** The reason why an accepted message was not delivered: a label, a sentence that states what to do, and a finding. */
export interface FoundFailure {
  readonly short: string;
  readonly long: string;
  readonly finding: ContactFinding | null;
}

/** The result of a lookup at the provider. `unavailable` also means "cannot be ruled out". */
export type LookupResult =
  | ({ readonly kind: "found" } & FoundMessage)
  | { readonly kind: "notFound" }
  | { readonly kind: "unavailable" };

/**
 * The decision about an unknown outcome.
 * - known: the provider knows the outcome; the status of the interaction changes.
 * - neverSent: the provider never accepted it; the same interaction is scheduled again.
 * - giveUp: the provider never accepted it, and it was sent as often as the channel retries; it has failed.
 * - resend: it is sent once more as the next attempt, with the same Message-ID.
 * - lookUpAgain: it is too early to know.
 * - hold: a person decides, with `tidings settle`.
 */
export type UnknownVerdict =
  | { readonly kind: "known"; readonly found: FoundMessage }
  | { readonly kind: "neverSent" }
  | { readonly kind: "giveUp" }
  | { readonly kind: "resend" }
  | { readonly kind: "lookUpAgain"; readonly at: Date }
  | { readonly kind: "hold" };
