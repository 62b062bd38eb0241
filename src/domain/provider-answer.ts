/** What a provider said, as kept on the transition. Nothing in it names a person: texts are scrubbed of addresses and numbers. */
export interface Evidence {
  readonly provider: string;
  /** SMTP reply code, Twilio error code, HTTP status or a network error's name. */
  readonly code?: string;
  /** RFC 3463, such as 5.1.1. */
  readonly enhancedCode?: string;
  readonly text?: string;
  /** Of the bytes that left, or may have left: an email's source, a text's body in UTF-8. */
  readonly sha256?: string;
  /** The provider's own id of a message that it took and then failed at once. */
  readonly messageId?: string;
  readonly durationMs: number;
}

/**
 * What there was too much of.
 * - rate: messages in a short time; a second without new calls is enough.
 * - connections: calls at once; fewer are made from then on.
 * - quota: what the account may send for now; the whole channel slows down.
 */
export type Limit = "rate" | "connections" | "quota";

/** Whose fault a refusal is: ours, so that every message would be refused, or that of the message and its recipient. */
export type Blame = "us" | "message";

/** What a refusal says of the contact itself. */
export type ContactFinding = "invalid" | "notTextable" | "optedOut";

/**
 * How a call to a provider ended. A provider never throws: whatever happens on the wire becomes one of these.
 * - accepted: the provider has the message.
 * - refused: it will never take this message; no retry.
 * - unavailable: not now; the next attempt is a new interaction.
 * - limited: we were too fast; no attempt is spent.
 * - misconfigured: our own fault (credentials, sender); the channel stops, the message waits.
 * - unknown: it may or may not have been taken.
 */
export type ProviderAnswer =
  | {
      readonly kind: "accepted";
      readonly messageId: string | null;
      /** Succeeded where the provider reports at once that the message was delivered. */
      readonly status: "attempted" | "succeeded";
      /** How far the message is by the provider's own word, such as `emailSent` or `textQueued`. */
      readonly statusDetails: string;
      readonly evidence: Evidence;
    }
  | {
      readonly kind: "refused";
      readonly statusDetails: string;
      readonly short: string;
      readonly long: string;
      readonly finding: ContactFinding | null;
      readonly evidence: Evidence;
    }
  | {
      readonly kind: "unavailable";
      readonly statusDetails: string;
      readonly short: string;
      readonly long: string;
      readonly finding: ContactFinding | null;
      readonly retryAfterMs: number | null;
      readonly evidence: Evidence;
    }
  | {
      readonly kind: "limited";
      readonly limit: Limit;
      readonly retryAfterMs: number | null;
      readonly evidence: Evidence;
    }
  | {
      readonly kind: "misconfigured";
      readonly statusDetails: string;
      readonly short: string;
      readonly long: string;
      readonly evidence: Evidence;
    }
  | { readonly kind: "unknown"; readonly long: string; readonly evidence: Evidence };
