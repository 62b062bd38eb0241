/** What a provider reports later about a message, as it is kept: one row each. Nothing in it names a person. */
export interface ProviderReceipt {
  /** The provider's id of the message that the receipt is about. */
  readonly providerMessageId: string;
  /** The provider's own word, such as `delivered`. */
  readonly rawStatus: string;
  /** A Twilio error code or an enhanced status code (RFC 3463); null where the receipt has none. */
  readonly code: string | null;
  /** What the provider adds to its word: Twilio's AnsweredBy, the reply of a mail server without addresses. */
  readonly qualifier: string | null;
  /** When Tidings received it (UTC). */
  readonly receivedAt: Date;
}
