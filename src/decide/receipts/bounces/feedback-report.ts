import type { ParsedMail } from "../../../domain/receipts/parsed-mail.ts";
import { fieldGroupsOf } from "./fields.ts";
import type { MailReport } from "./mail-report.ts";
import { headerOf, referenceOfReport } from "./reference.ts";

/**
 * The feedback types that mean that the recipient wants no more such email (RFC 5965, 7.3, and Amazon's). `not-spam`
 * withdraws a complaint; `auth-failure` and `virus` are about something else.
 */
const COMPLAINTS = new Set([
  "abuse",
  "fraud",
  "opt-out",
  "opt-out-list",
  "complaint",
  "other",
  "miscategorized",
]);

/** Reads a complaint in the abuse report format (RFC 5965) or in Microsoft's form; undefined for other emails. */
export function readFeedbackReport(mail: ParsedMail): MailReport | undefined {
  const part = mail.parts.find(({ mimeType }) => mimeType === "message/feedback-report");
  if (part === undefined) return isMicrosoftComplaint(mail) ? complaintOf(mail, true) : undefined;
  const [fields] = fieldGroupsOf(part.text);
  const type = fields?.get("feedback-type")?.toLowerCase() ?? "";
  return complaintOf(mail, COMPLAINTS.has(type));
}

function complaintOf(mail: ParsedMail, isComplaint: boolean): MailReport {
  return {
    kind: isComplaint ? "complaint" : "unknown",
    action: null,
    enhanced: null,
    reply: null,
    diagnostic: null,
    readFrom: "feedbackReport",
    reference: referenceOfReport(mail),
  };
}

/** Outlook.com's junk reporting program attaches the message as it is and sends no report part. */
const isMicrosoftComplaint = (mail: ParsedMail): boolean =>
  /^complaint about message from\b/iu.test(mail.subject) &&
  /@(?:\w+\.)*(?:hotmail|outlook|microsoft)\.com\b/iu.test(headerOf(mail, "from") ?? "") &&
  mail.parts.some(({ mimeType }) => mimeType === "message/rfc822");
