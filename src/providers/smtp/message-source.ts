import { createHash } from "node:crypto";
import MailComposer from "nodemailer/lib/mail-composer";
import type MimeNode from "nodemailer/lib/mime-node";
import type { EmailMessage } from "../../domain/deliver/message.ts";
import { buildMessage } from "./build-message.ts";

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

export const isMailbox = (address: string): boolean => MAILBOX.test(address);

/** An email as the socket gets it. */
export interface EmailSource {
  readonly envelope: { readonly from: string; readonly to: readonly string[] };
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
  const mail = composeEmail(message, envelopeFrom);
  const { from, to } = mail.getEnvelope();
  return { envelope: { from: from || "", to }, bytes: inWireLines(await buildMessage(mail)) };
}

/**
 * Ends every line with CRLF, as nodemailer does while it writes to the socket. It composes bodies with bare line feeds,
 * and a hash of those is not the hash of the bytes that were sent.
 */
function inWireLines(source: Buffer): Buffer {
  const lines = source.toString("latin1").replaceAll(/\r\n|\r|\n/gu, "\r\n");
  return Buffer.from(lines.endsWith("\r\n") ? lines : `${lines}\r\n`, "latin1");
}

/** The message as nodemailer's tree of parts. */
export function composeEmail(message: EmailMessage, envelopeFrom: string | undefined): MimeNode {
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
      ...(message.listUnsubscribe !== null && {
        "List-Unsubscribe": message.listUnsubscribe,
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
      }),
    },
    disableFileAccess: true,
    disableUrlAccess: true,
  }).compile();
}

/** The authors of the content cannot predict the boundary, so a name or text cannot end a part. */
const boundaryOf = ({ interactionId, subject, text, html }: EmailMessage): string =>
  createHash("sha256")
    .update(JSON.stringify([interactionId, subject, text, html]))
    .digest("hex")
    .slice(0, 32);
