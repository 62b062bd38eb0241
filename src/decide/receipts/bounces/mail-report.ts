/** What an email that came to us is. */
export type MailKind =
  /** The message was not delivered, and will not be. */
  | "bounce"
  /** A server still tries to deliver it. */
  | "delayed"
  | "delivered"
  /** It was handed to a system that sends no reports, or to a list. */
  | "relayed"
  /** The recipient called it spam. */
  | "complaint"
  | "autoReply"
  /** A person wrote it. */
  | "reply"
  /** It is none of these, or cannot be read. */
  | "unknown";

/** Which message of ours an email is about. */
export interface MailReference {
  /** Without angle brackets. */
  readonly messageId: string | null;
  /** The part of a VERP address between plus and @, in lower case. Its signature is not checked yet. */
  readonly verpToken: string | null;
}

/** What an email says of a message of ours. Nothing in it names a person. */
export interface MailReport {
  readonly kind: MailKind;
  /** RFC 3464: failed, delayed, delivered, relayed or expanded; null where the email is no delivery status. */
  readonly action: string | null;
  /** RFC 3463, such as 5.1.1. */
  readonly enhanced: string | null;
  /** RFC 5321, such as 550. */
  readonly reply: number | null;
  /** The provider's words, scrubbed of addresses and numbers. */
  readonly diagnostic: string | null;
  /** From which form of email it was read. */
  readonly readFrom: "deliveryStatus" | "feedbackReport" | "text" | "headers";
  readonly reference: MailReference;
}
