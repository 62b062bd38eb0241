import type { ContactFinding } from "./provider-answer.ts";
import type { Channel, OnUnknown } from "./vocabulary.ts";

/** An interaction nobody can say was taken, with what settling must know of it. */
export interface UnknownOutcome {
  readonly interactionId: string;
  readonly channel: Channel;
  readonly onUnknown: OnUnknown;
  /** How many attempts of its chain before it ended so too. */
  readonly earlierUnknown: number;
  /** How often this attempt itself has ended so: it is sent again when the provider never took it. */
  readonly timesUnknown: number;
  readonly latestAt: Date | null;
  readonly claimedAt: Date;
  /** What was sent to whom, to be found again at the provider. */
  readonly to: string;
  readonly body: string;
}

/** What a provider knows of a message it took. */
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

/** What a provider that can be asked says of a message. Unavailable also stands for "cannot be ruled out". */
export type LookupResult =
  | ({ readonly kind: "found" } & Found)
  | { readonly kind: "notFound" }
  | { readonly kind: "unavailable" };

/**
 * What becomes of it.
 * - known: the provider has told; the row moves.
 * - neverSent: it is shown that the provider never took it; the same interaction is scheduled again.
 * - giveUp: the provider never took it, and it was sent as often as the channel retries; it has failed.
 * - resend: it is sent once more as the next attempt, with the same Message-ID.
 * - askAgain: too early to tell.
 * - hold: a person decides, with `tidings settle`.
 */
export type UnknownVerdict =
  | { readonly kind: "known"; readonly found: Found }
  | { readonly kind: "neverSent" }
  | { readonly kind: "giveUp" }
  | { readonly kind: "resend" }
  | { readonly kind: "askAgain"; readonly at: Date }
  | { readonly kind: "hold" };
