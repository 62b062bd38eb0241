import type { ProviderReceipt } from "../../../domain/receipts/provider-receipt.ts";
import type { MailReport } from "./mail-report.ts";

/** Converts a report to a receipt of the email table; null if it is not a report about a message. */
export function receiptOfMail(
  { kind, action, enhanced, reply, diagnostic }: MailReport,
  providerMessageId: string,
  receivedAt: Date,
): ProviderReceipt | null {
  const rawStatus = kind === "complaint" ? "complaint" : action;
  if (rawStatus === null || kind === "unknown") return null;
  // the table reads the reply code at the start of the words
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
