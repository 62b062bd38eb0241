import MailComposer from "nodemailer/lib/mail-composer";
import type MimeNode from "nodemailer/lib/mime-node";
import type { EmailMessage } from "../domain/message.ts";

const CONTROL = /\p{Cc}+/gu;
/** What turns the reading direction, or ends a line in Unicode's eyes: one name could be made to read as another. */
const TURNING = /[\u061C\u200E\u200F\u2028-\u202E\u2066-\u2069]/gu;

/** A header's text: one line, nothing hidden in it. */
function oneLine(text: string): string {
  return text.replaceAll(CONTROL, " ").replaceAll(TURNING, "").trim();
}

/** One plain mailbox: nothing in it names a second recipient or breaks out of a command or a header. */
const MAILBOX = /^[^\s\p{C}<>()[\],;:\\"@]+@[^\s\p{C}<>()[\],;:\\"@]+$/u;

export const isMailbox = (address: string): boolean => MAILBOX.test(address);

/**
 * The message in the form receivers accept: both parts, one recipient, a date, and marked as sent by a machine
 * (RFC 3834).
 */
export function composeEmail(message: EmailMessage, envelopeFrom: string | undefined): MimeNode {
  const from = oneLine(message.from);
  return new MailComposer({
    from,
    to: { name: oneLine(message.toName ?? ""), address: message.to },
    envelope: { from: envelopeFrom ?? from, to: [message.to] },
    subject: oneLine(message.subject),
    messageId: `<${message.messageId}>`,
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
