import type { ParsedMail } from "../../../domain/receipts/parsed-mail.ts";
import { isAutoReply } from "../../replies/auto-reply.ts";
import { readDeliveryStatus } from "./delivery-status.ts";
import { readFeedbackReport } from "./feedback-report.ts";
import type { MailKind, MailReport } from "./mail-report.ts";
import { referenceOfReply } from "./reference.ts";
import { readReportInWords } from "./report-in-words.ts";

/**
 * Reads an incoming email: one report per recipient of a delivery status, or one report of any other kind. A message
 * that only forwards a report is read as that report.
 */
export function readMail(mail: ParsedMail): MailReport[] {
  const complaint = readFeedbackReport(mail);
  if (complaint !== undefined) return [complaint];
  const statuses = readDeliveryStatus(mail);
  if (statuses.length > 0) return statuses;
  const passedOn = mail.inner === null ? [] : readMail(mail.inner).filter(isReport);
  if (passedOn.length > 0) return passedOn.map((report) => withToken(report, mail));
  return [readReportInWords(mail) ?? readLetter(mail)];
}

const isReport = ({ readFrom, kind }: MailReport): boolean =>
  readFrom !== "headers" && kind !== "unknown";

/** A forwarded report may have lost its original recipient address. */
function withToken(report: MailReport, outer: ParsedMail): MailReport {
  const { messageId, verpToken } = report.reference;
  const token = verpToken ?? referenceOfReply(outer).verpToken;
  return { ...report, reference: { messageId, verpToken: token } };
}

/** Reads an email without a report part, from a person or a program. */
function readLetter(mail: ParsedMail): MailReport {
  return {
    kind: kindOfLetter(mail),
    action: null,
    enhanced: null,
    reply: null,
    diagnostic: null,
    readFrom: "headers",
    reference: referenceOfReply(mail),
  };
}

function kindOfLetter(mail: ParsedMail): MailKind {
  if (mail.mailFrom === "" || isAutoReply(mail.headers, mail.subject)) return "autoReply";
  const isEmpty = mail.text.trim() === "" && mail.subject.trim() === "";
  return isEmpty ? "unknown" : "reply";
}
