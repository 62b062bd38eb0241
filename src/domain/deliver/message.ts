import type { InteractionId } from "../ids.ts";

/** An email ready to send. It has one recipient, because each borrower has a separate status. */
export interface EmailMessage {
  readonly channel: "email";
  readonly interactionId: InteractionId;
  /** The Message-ID without angle brackets. It is the same for every attempt of a chain, so that a receiver can drop a duplicate. */
  readonly messageId: string;
  /** The time of sending; the Date header has it to the second. */
  readonly date: Date;
  readonly from: string;
  readonly to: string;
  readonly toName: string | null;
  readonly subject: string;
  readonly text: string;
  readonly html: string | null;
  readonly language: string;
  /** The value of the header; null for a message that has none. With it the message gets the one-click header of RFC 8058. */
  readonly listUnsubscribe: string | null;
}

/** A text message ready to send. */
export interface TextMessage {
  readonly channel: "text";
  readonly interactionId: InteractionId;
  /** A phone number in E.164 form. */
  readonly to: string;
  readonly body: string;
  /** The provider gives up after so many seconds, so that the text cannot arrive once the permission has ended; absent: no end. */
  readonly validForSeconds?: number;
}

export type Message = EmailMessage | TextMessage;
