import { createHash } from "node:crypto";
import { readMail } from "../decide/receipts/bounces/read-mail.ts";
import { receiptOfMail } from "../decide/receipts/bounces/receipt-of-mail.ts";
import type { MailReport } from "../decide/receipts/bounces/mail-report.ts";
import { isOurMessageId } from "../decide/receipts/message-id.ts";
import { interactionOfVerp } from "../decide/receipts/verp.ts";
import type { Clock } from "../clock.ts";
import type { Emit } from "../domain/events.ts";
import type { InteractionId } from "../domain/ids.ts";
import type { ArrivedReceipt } from "../domain/receipts/arrived-receipt.ts";
import type { ParsedMail } from "../domain/receipts/parsed-mail.ts";
import { type Envelope, parseMail } from "../providers/mailbox/parse-mail.ts";
import type { TakeInbound } from "../reply-intake.ts";

/** Takes one email in. Resolves once everything in it is durable. Rejects if the database is away: it must be offered again. */
export type TakeMail = (source: Buffer, envelope: Envelope) => Promise<void>;

export interface MailIntakeDeps {
  readonly emit: Emit;
  readonly clock: Clock;
  readonly keep: (receipts: readonly ArrivedReceipt[]) => Promise<unknown>;
  readonly takeInbound: TakeInbound;
  readonly linkKeys: readonly Buffer[];
}

/** The message of a report, by one of these. */
interface Reported {
  readonly interactionId: InteractionId | null;
  readonly messageId: string | null;
}

/**
 * Returns a function that takes emails in: reports become receipts, letters of people become replies, and the words of programs
 * are only counted. No email is ever answered, so a mail loop cannot arise.
 */
export function createMailIntake(deps: MailIntakeDeps): TakeMail {
  return async (source, envelope) => {
    const parsed = await parseMail(source, envelope);
    if (parsed.kind === "refused") {
      deps.emit("mail.notRead", { reason: parsed.reason });
      return;
    }
    for (const report of readMail(parsed.mail)) {
      if (report.kind === "reply") await takeReply(deps, parsed.mail, source);
      else await takeReport(deps, report);
      deps.emit("mail.received", {
        kind: report.kind,
        matched: referenceOf(deps, report) !== null,
      });
    }
  };
}

/**
 * The message of ours that a report names, by the token of its address or by its Message-ID; null if it names none. Both are signed: with
 * ids that can be guessed anybody could bounce a message, and with it the contact, by an email.
 */
function referenceOf(
  { linkKeys }: MailIntakeDeps,
  { reference: { messageId, verpToken } }: MailReport,
): Reported | null {
  const interactionId = verpToken === null ? null : interactionOfVerp(verpToken, linkKeys);
  const genuineId = messageId !== null && isOurMessageId(messageId, linkKeys) ? messageId : null;
  return interactionId === null && genuineId === null
    ? null
    : { interactionId, messageId: genuineId };
}

async function takeReport(deps: MailIntakeDeps, report: MailReport): Promise<void> {
  const about = referenceOf(deps, report);
  if (about === null) return;
  const { interactionId, messageId } = about;
  const receipt = receiptOfMail(report, messageId ?? "", deps.clock());
  if (receipt === null) return;
  const { rawStatus, code, qualifier } = receipt;
  await deps.keep([
    {
      provider: "smtp",
      // all attempts of a chain have one Message-ID, so a signed address decides
      providerMessageId: interactionId === null ? messageId : null,
      interactionId,
      rawStatus,
      code,
      qualifier,
      reportedAt: null,
      payload: null,
    },
  ]);
}

async function takeReply(
  { takeInbound }: MailIntakeDeps,
  mail: ParsedMail,
  source: Buffer,
): Promise<void> {
  const from = addressIn(headerOf(mail, "from")) ?? mail.mailFrom ?? "";
  await takeInbound({
    channel: "email",
    provider: "mailbox",
    providerMessageId: headerOf(mail, "message-id").slice(0, LONGEST_ID) || hashOf(source),
    from,
    to: mail.rcptTo ?? addressIn(headerOf(mail, "to")) ?? "",
    text: mail.text.slice(0, LONGEST_TEXT),
    subject: mail.subject,
    headers: mail.headers,
    ...sentAtOf(headerOf(mail, "date")),
    providerReplied: false,
  });
}

/** Leaves out a date that cannot be read, or whose year the record cannot hold. */
function sentAtOf(date: string): { readonly sentAt?: Date } {
  const sentAt = new Date(date.slice(0, LONGEST_DATE));
  const year = sentAt.getUTCFullYear();
  return year >= 1 && year <= 9999 ? { sentAt } : {};
}

const LONGEST_DATE = 100;
const LONGEST_ID = 300;
/** An answer is at the beginning. The rest is quoted. */
const LONGEST_TEXT = 50_000;

const headerOf = ({ headers }: ParsedMail, name: string): string =>
  headers.find(({ key }) => key === name)?.value ?? "";

const hashOf = (source: Buffer): string => createHash("sha256").update(source).digest("hex");

/** Longer than an address at the end of a header. The pattern takes time that grows with the square of the length. */
const LONGEST_ADDRESS = 300;

/** The address in a header such as `Pat Example <pat@example.com>`. */
const addressIn = (header: string): string | null =>
  /([^\s<>,;:"]{1,64}@[^\s<>,;:"]{1,190})>?$/u.exec(
    header.trimEnd().slice(-LONGEST_ADDRESS),
  )?.[1] ?? null;
