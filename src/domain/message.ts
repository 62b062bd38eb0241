/** An email ready to leave. One recipient a message: every borrower has a status of their own. */
export interface EmailMessage {
  readonly channel: "email";
  readonly interactionId: string;
  /** Without angle brackets; the same for every attempt of a chain, so that a receiver can drop a repeat. */
  readonly messageId: string;
  /** When it leaves, to the second in its Date header. */
  readonly date: Date;
  readonly from: string;
  readonly to: string;
  readonly toName: string | null;
  readonly subject: string;
  readonly text: string;
  readonly html: string | null;
  readonly language: string;
}

/** A text message ready to leave. */
export interface TextMessage {
  readonly channel: "text";
  readonly interactionId: string;
  /** E.164. */
  readonly to: string;
  readonly body: string;
}

export type Message = EmailMessage | TextMessage;
