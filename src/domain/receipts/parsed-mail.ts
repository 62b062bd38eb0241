/** A header of an email: its name in lower case. */
export interface MailHeader {
  readonly key: string;
  readonly value: string;
}

/** A part that is not the text of the email, such as a delivery status or the original message. */
export interface MailPart {
  /** In lower case, such as `message/delivery-status`. */
  readonly mimeType: string;
  readonly text: string;
}

/** An incoming email. */
export interface ParsedMail {
  /** The envelope sender, "" for a report; null if the envelope is not known. */
  readonly mailFrom: string | null;
  /** The envelope recipient, an address of ours; null if it is not known. */
  readonly rcptTo: string | null;
  readonly headers: readonly MailHeader[];
  readonly subject: string;
  /** The visible text; that of the HTML if there is no other. */
  readonly text: string;
  readonly parts: readonly MailPart[];
  /** A message that this one only forwards. */
  readonly inner: ParsedMail | null;
}
