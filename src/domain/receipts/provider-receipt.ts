/** A provider's later report about a message, one row each. It names no person. */
export interface ProviderReceipt {
  /** The provider's id of the message that the receipt is about. */
  readonly providerMessageId: string;
  /** The provider's own status, such as `delivered`. */
  readonly rawStatus: string;
  /** A Twilio error code or an enhanced status code (RFC 3463); null if the receipt has none. */
  readonly code: string | null;
  /** The provider's addition to its status: Twilio's AnsweredBy, or the reply of a mail server without addresses. */
  readonly qualifier: string | null;
  /** The moment at which Tidings received it (UTC). */
  readonly receivedAt: Date;
}
