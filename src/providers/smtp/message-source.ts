import { createHash } from "node:crypto";
import MailComposer from "nodemailer/lib/mail-composer";
import type MimeNode from "nodemailer/lib/mime-node";
import type { EmailMessage } from "../../domain/deliver/message.ts";

const CONTROL = /\p{Cc}+/gu;
/** What turns the reading direction, or ends a line in Unicode's eyes: one name could be made to read as another. */
const TURNING = /[\u061C\u200E\u200F\u2028-\u202E\u2066-\u2069]/gu;

/** A header's text: one line, nothing hidden in it. */
function oneLine(text: string): string {
  return text.replaceAll(CONTROL, " ").replaceAll(TURNING, "").trim();
}

/** What others wrote, a name or a subject: nothing in it passes for words that are encoded already (RFC 2047). */
function plainWords(text: string): string {
  return oneLine(text).replaceAll("=?", "= ?");
}

/** One plain mailbox: nothing in it names a second recipient or breaks out of a command or a header. */
const MAILBOX = /^[^\s\p{C}<>()[\],;:\\"@]+@[^\s\p{C}<>()[\],;:\\"@]+$/u;

export const isMailbox = (address: string): boolean => MAILBOX.test(address);

/** An email as it is written to the socket. */
export interface EmailSource {
  readonly envelope: { readonly from: string; readonly to: readonly string[] };
  /** Every line ends with CRLF. Only the stuffed dots and the final dot are added on the way (RFC 5321, 4.5.2). */
  readonly bytes: Buffer;
}

/**
 * Composes the message in the form receivers accept: both parts, one recipient, a date, and marked as sent by a machine
 * (RFC 3834). The same message always makes the same bytes, so that the record can be compared with them.
 */
export async function sourceOf(
  message: EmailMessage,
  envelopeFrom: string | undefined,
): Promise<EmailSource> {
  const mail = composeEmail(message, envelopeFrom);
  const { from, to } = mail.getEnvelope();
  return { envelope: { from: from || "", to }, bytes: inWireLines(await mail.build()) };
}

/**
 * Ends every line with CRLF, as nodemailer does while it writes to the socket: it composes bodies with bare line feeds,
 * and a hash of those is not the hash of what left.
 */
function inWireLines(source: Buffer): Buffer {
  const lines = source.toString("latin1").replaceAll(/\r\n|\r|\n/gu, "\r\n");
  return Buffer.from(lines.endsWith("\r\n") ? lines : `${lines}\r\n`, "latin1");
}

function composeEmail(message: EmailMessage, envelopeFrom: string | undefined): MimeNode {
  const from = oneLine(message.from);
  return new MailComposer({
    from,
    to: { name: plainWords(message.toName ?? ""), address: message.to },
    envelope: { from: envelopeFrom ?? from, to: [message.to] },
    subject: plainWords(message.subject),
    messageId: `<${message.messageId}>`,
    date: message.date,
    baseBoundary: boundaryOf(message),
    text: message.text,
    ...(message.html !== null && { html: message.html }),
    headers: {
      "Auto-Submitted": "auto-generated",
      "Content-Language": message.language,
      "X-Tidings-Interaction-ID": message.interactionId,
    },
    disableFileAccess: true,
    disableUrlAccess: true,
  }).compile();
}

/** Nobody who has a say in the words can foresee it, so that no name can end a part. */
const boundaryOf = ({ interactionId, subject, text, html }: EmailMessage): string =>
  createHash("sha256")
    .update(JSON.stringify([interactionId, subject, text, html]))
    .digest("hex")
    .slice(0, 32);
