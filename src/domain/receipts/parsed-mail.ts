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

/** An email as it was received. */
export interface ParsedMail {
  /** From the envelope, "" for a report; null where the envelope is not known. */
  readonly mailFrom: string | null;
  /** The recipient in the envelope, which is ours; null where it is not known. */
  readonly rcptTo: string | null;
  readonly headers: readonly MailHeader[];
  readonly subject: string;
  /** The text as a reader sees it; that of the HTML where there is no other. */
  readonly text: string;
  readonly parts: readonly MailPart[];
  /** A message that this one only passes on. */
  readonly inner: ParsedMail | null;
}
