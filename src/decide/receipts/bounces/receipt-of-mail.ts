import type { ProviderReceipt } from "../../../domain/receipts/provider-receipt.ts";
import type { MailReport } from "./mail-report.ts";

/** A report as a receipt of the table of emails; null for what is no report on a message. */
export function receiptOfMail(
  { kind, action, enhanced, reply, diagnostic }: MailReport,
  providerMessageId: string,
  receivedAt: Date,
): ProviderReceipt | null {
  const rawStatus = kind === "complaint" ? "complaint" : action;
  if (rawStatus === null || kind === "unknown") return null;
  // the table reads the reply code at the head of the words
  const words = diagnostic ?? "";
  const hasReply = reply === null || words.startsWith(String(reply));
  const qualifier = hasReply ? words : `${reply} ${words}`.trim();
  return {
    providerMessageId,
    rawStatus,
    code: enhanced,
    qualifier: qualifier === "" ? null : qualifier,
    receivedAt,
  };
}
