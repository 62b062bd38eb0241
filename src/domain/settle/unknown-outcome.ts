import type { InteractionId } from "../ids.ts";
import type { ContactFinding } from "../provider-answer.ts";
import type { Channel, OnUnknown } from "../vocabulary.ts";

/** An interaction whose outcome is unknown, with the data that settling needs. */
export interface UnknownOutcome {
  readonly interactionId: InteractionId;
  readonly channel: Channel;
  readonly onUnknown: OnUnknown;
  /** How many attempts of its chain before it ended so too. */
  readonly earlierUnknown: number;
  /** How often this attempt itself has ended so: it is sent again when the provider never took it. */
  readonly timesUnknown: number;
  readonly latestAt: Date | null;
  readonly claimedAt: Date;
  /** The recipient and the body, to find the message at the provider. */
  readonly to: string;
  readonly body: string;
}

/** The state of an accepted message at the provider. */
export interface Found {
  readonly messageId: string;
  readonly status: "attempted" | "succeeded" | "failed";
  readonly statusDetails: string;
  /** Null unless failed. */
  readonly failure: FoundFailure | null;
}

/** Why a message that the provider took was not delivered: a label, a sentence that says what to do, and a finding. */
export interface FoundFailure {
  readonly short: string;
  readonly long: string;
  readonly finding: ContactFinding | null;
}

/** The answer of a provider that can be asked about a message. Unavailable also means "cannot be ruled out". */
export type LookupResult =
  | ({ readonly kind: "found" } & Found)
  | { readonly kind: "notFound" }
  | { readonly kind: "unavailable" };

/**
 * The decision about an unknown outcome.
 * - known: the provider knows the outcome; the row moves.
 * - neverSent: the provider never took it; the same interaction is scheduled again.
 * - giveUp: the provider never took it, and it was sent as often as the channel retries; it has failed.
 * - resend: it is sent once more as the next attempt, with the same Message-ID.
 * - askAgain: it is too early to know.
 * - hold: a person decides, with `tidings settle`.
 */
export type UnknownVerdict =
  | { readonly kind: "known"; readonly found: Found }
  | { readonly kind: "neverSent" }
  | { readonly kind: "giveUp" }
  | { readonly kind: "resend" }
  | { readonly kind: "askAgain"; readonly at: Date }
  | { readonly kind: "hold" };
