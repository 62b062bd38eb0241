import type { ParsedMail } from "../../../domain/receipts/parsed-mail.ts";
import { isAutoReply } from "../../replies/auto-reply.ts";
import { readDeliveryStatus } from "./delivery-status.ts";
import { readFeedbackReport } from "./feedback-report.ts";
import type { MailKind, MailReport } from "./mail-report.ts";
import { referenceOfReply } from "./reference.ts";
import { readReportInWords } from "./report-in-words.ts";

/**
 * What an email that came to us says of messages of ours: the reports of its delivery status, one a recipient, or one
 * report of any other kind. A message that only passes on a report is read as that report.
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

/** A report that was passed on may have lost the address it came to. */
function withToken(report: MailReport, outer: ParsedMail): MailReport {
  const { messageId, verpToken } = report.reference;
  const token = verpToken ?? referenceOfReply(outer).verpToken;
  return { ...report, reference: { messageId, verpToken: token } };
}

/** What a person or a program wrote in words. */
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
