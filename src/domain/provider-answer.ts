import type { ReceiptId } from "./ids.ts";
import type { StatusDetails } from "./status-details.ts";

/**
 * A provider's answer, as stored on the transition. It names no person: addresses and numbers are removed from texts.
 */
export interface Evidence {
  readonly provider: string;
  /** SMTP reply code, Twilio error code, HTTP status or a network error's name. */
  readonly code?: string;
  /** RFC 3463, such as 5.1.1. */
  readonly enhancedCode?: string;
  readonly text?: string;
  /** The SHA-256 of the bytes that were or may have been sent: an email's source, or a text's body in UTF-8. */
  readonly sha256?: string;
  /** The receipt that has changed the status. */
  readonly receiptId?: ReceiptId;
  /** The provider's id of a message that it accepted and then failed at once. */
  readonly messageId?: string;
  readonly durationMs: number;
}

/**
 * The limit that was exceeded.
 * - rate: messages in a short time; a second without new calls is enough.
 * - connections: concurrent calls; fewer are made from then on.
 * - quota: the amount that the account may send for now; the channel stops and is probed once a minute.
 */
export type Limit = "rate" | "connections" | "quota";

/**
 * The cause of a refusal.
 * - us: our account, sender or settings, so every message would be refused.
 * - message: this message or its recipient.
 */
export type Blame = "us" | "message";

/** The effect of a refusal on the contact. */
export type ContactFinding = "invalid" | "notTextable" | "optedOut";

/**
 * The result of a call to a provider. A provider never throws: every result on the network becomes one of these.
 * - accepted: the provider has the message.
 * - refused: it will never accept this message; no retry.
 * - unavailable: not now; the next attempt is a new interaction.
 * - limited: we were too fast; no attempt is spent.
 * - misconfigured: our own fault (credentials, sender); the channel stops and the message waits.
 * - unknown: it may or may not have been accepted.
 */
export type ProviderAnswer =
  | {
      readonly kind: "accepted";
      readonly messageId: string | null;
      /** Succeeded if the provider reports at once that the message was delivered. */
      readonly status: "attempted" | "succeeded";
      /** The provider's status of the message, such as `emailSent` or `textQueued`. */
      readonly statusDetails: StatusDetails;
      readonly evidence: Evidence;
    }
  | {
      readonly kind: "refused";
      readonly statusDetails: StatusDetails;
      readonly short: string;
      readonly long: string;
      readonly finding: ContactFinding | null;
      readonly evidence: Evidence;
    }
  | {
      readonly kind: "unavailable";
      readonly statusDetails: StatusDetails;
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
      readonly statusDetails: StatusDetails;
      readonly short: string;
      readonly long: string;
      readonly evidence: Evidence;
    }
  | { readonly kind: "unknown"; readonly long: string; readonly evidence: Evidence };
