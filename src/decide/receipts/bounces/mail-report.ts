/** The kind of an incoming email. */
export type MailKind =
  /** The message was not delivered, and will not be. */
  | "bounce"
  /** A server still tries to deliver the message. */
  | "delayed"
  | "delivered"
  /** The message was passed to a system that sends no reports, or to a list. */
  | "relayed"
  /** The recipient marked the message as spam. */
  | "complaint"
  | "autoReply"
  /** A person wrote the email. */
  | "reply"
  /** The email is none of these, or cannot be read. */
  | "unknown";

/** The reference of an email to a message of ours. */
export interface MailReference {
  /** Without angle brackets. */
  readonly messageId: string | null;
  /** The part of a VERP address between plus and @, in lower case. Its signature is not checked yet. */
  readonly verpToken: string | null;
}

/** A report about a message of ours. It does not name a person. */
export interface MailReport {
  readonly kind: MailKind;
  /** RFC 3464: failed, delayed, delivered, relayed or expanded; null if the email is not a delivery status. */
  readonly action: string | null;
  /** RFC 3463, such as 5.1.1. */
  readonly enhanced: string | null;
  /** RFC 5321, such as 550. */
  readonly reply: number | null;
  /** The provider's words, scrubbed of addresses and numbers. */
  readonly diagnostic: string | null;
  /** The form of email from which the report was read. */
  readonly readFrom: "deliveryStatus" | "feedbackReport" | "text" | "headers";
  readonly reference: MailReference;
}
