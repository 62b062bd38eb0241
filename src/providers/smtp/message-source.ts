import { hash } from "node:crypto";
import MailComposer from "nodemailer/lib/mail-composer";
import type { EmailMessage } from "../../domain/deliver/message.ts";
import { type Envelope, envelopeOf, type PlainEmail, writeEmail } from "./write-email.ts";

const CONTROL = /\p{Cc}+/gu;
/**
 * Characters that change the reading direction or end a line in Unicode. With them one name could be made to look like
 * another.
 */
const TURNING = /[\u061C\u200E\u200F\u2028-\u202E\u2066-\u2069]/gu;

/** Makes a header's text one line without hidden characters. */
function oneLine(text: string): string {
  return text.replaceAll(CONTROL, " ").replaceAll(TURNING, "").trim();
}

/** Protects text from others, a name or a subject, from being read as encoded words (RFC 2047). */
function plainWords(text: string): string {
  return oneLine(text).replaceAll("=?", "= ?");
}

/** One plain mailbox that cannot name a second recipient or break out of a command or a header. */
const MAILBOX = /^[^\s\p{C}<>()[\],;:\\"@]+@[^\s\p{C}<>()[\],;:\\"@]+$/u;

/** True for one plain address without a name. */
export const isMailbox = (address: string): boolean => MAILBOX.test(address);

/** An email as the socket gets it. */
export interface EmailSource {
  readonly envelope: Envelope;
  /** Every line ends with CRLF. Only dot stuffing and the final dot are added when it is sent (RFC 5321, 4.5.2). */
  readonly bytes: Buffer;
}

/**
 * Composes the message in the form receivers accept: both parts, one recipient, a date, and marked as automatic (RFC
 * 3834). The same message always produces the same bytes, so that they can be compared with the record.
 */
export async function sourceOf(
  message: EmailMessage,
  envelopeFrom: string | undefined,
): Promise<EmailSource> {
  const email = emailOf(message);
  const envelope = envelopeOf(envelopeFrom ?? email.from, message.to);
  const written = writeEmail(email);
  if (written !== undefined) return { envelope, bytes: Buffer.from(inWireLines(written)) };
  const built = (await composerOf(email).compile().build()).toString("latin1");
  return { envelope, bytes: Buffer.from(inWireLines(built), "latin1") };
}

/**
 * Ends every line with CRLF, as nodemailer does while it writes to the socket. It composes bodies with bare line feeds,
 * and a hash of those is not the hash of the bytes that were sent.
 */
function inWireLines(source: string): string {
  const lines = source.replaceAll(/\r\n|\r|\n/gu, "\r\n");
  return lines.endsWith("\r\n") ? lines : `${lines}\r\n`;
}

/** The email of a message, with its headers. */
export const emailOf = (message: EmailMessage): PlainEmail => ({
  from: oneLine(message.from),
  to: { name: plainWords(message.toName ?? ""), address: message.to },
  subject: plainWords(message.subject),
  messageId: `<${message.messageId}>`,
  date: message.date,
  boundary: boundaryOf(message),
  text: message.text,
  html: message.html,
  headers: {
    "Auto-Submitted": "auto-generated",
    "Content-Language": message.language,
    "X-Tidings-Interaction-ID": message.interactionId,
    ...(message.listUnsubscribe !== null && {
      "List-Unsubscribe": message.listUnsubscribe,
      "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }),
  },
});

/** The same email for nodemailer, which composes what `writeEmail` does not. */
export const composerOf = ({ boundary, html, ...email }: PlainEmail): MailComposer =>
  new MailComposer({
    ...email,
    headers: { ...email.headers },
    baseBoundary: boundary,
    ...(html !== null && { html }),
    disableFileAccess: true,
    disableUrlAccess: true,
  });

/** The authors of the content cannot predict the boundary, so a name or text cannot end a part. */
const boundaryOf = ({ interactionId, subject, text, html }: EmailMessage): string =>
  hash("sha256", JSON.stringify([interactionId, subject, text, html]), "hex").slice(0, 32);
