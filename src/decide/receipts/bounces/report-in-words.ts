import type { ParsedMail } from "../../../domain/receipts/parsed-mail.ts";
import { BOUNCE_WORDS, REPORT_OPENINGS, REPORT_SENDERS, REPORT_SUBJECTS } from "./bounce-words.ts";
import type { MailReport } from "./mail-report.ts";
import { headerOf, referenceOfReport } from "./reference.ts";
import { statusCodeIn, type StatusCode } from "./status-code.ts";
import { withoutNames } from "./without-names.ts";

/** The separator between a report and the returned message. */
const RETURNED =
  /^[ \t]*(?:-{2,}.{0,40}(?:original message|copy of the message|this is a copy|returned message|mensaje original|message follows|original-?nachricht).{0,60}|received:\s.*)$/imu;

/** Reads a report in prose, without a delivery status part; undefined if the email is not a report. */
export function readReportInWords(mail: ParsedMail): MailReport | undefined {
  if (!isReport(mail)) return undefined;
  const said = mail.text.split(RETURNED, 1)[0] ?? "";
  const line = lineWithCode(said);
  const code = statusCodeIn(line ?? "");
  // an address inside a sentence would hide the sentence's end
  const sentences = said.replaceAll(ADDRESS, "[address]");
  const row = BOUNCE_WORDS.find(({ words }) => words.test(sentences));
  const isRefusal = code.enhanced !== null || code.reply !== null || row !== undefined;
  if (!isRefusal) return reportOf(mail, "unknown", NO_CODE, null);
  const enhanced = code.enhanced ?? (code.reply === null ? (row?.enhanced ?? null) : null);
  const kind = row?.kind === "delayed" ? "delayed" : "bounce";
  const words = line ?? lineWith(sentences, row?.words) ?? "";
  return reportOf(mail, kind, { ...code, enhanced }, withoutNames(words, addressesIn(mail)));
}

/** The length is limited, so that a body of one long word is read as fast as any other. */
const ADDRESS = /[^\s<>"'():;,@[\]]{1,64}@[^\s<>"'():;,@[\]]{1,255}/gu;
const NO_CODE: StatusCode = { enhanced: null, reply: null };

/**
 * A report has a report's sender or subject, and a report's words. An email that a person writes about a bounce has
 * neither sender nor subject.
 */
function isReport(mail: ParsedMail): boolean {
  const isFromServer =
    mail.mailFrom === "" ||
    REPORT_SENDERS.test(headerOf(mail, "from") ?? "") ||
    /^\s*<\s*>/u.test(headerOf(mail, "return-path") ?? "");
  const isNamed = headerOf(mail, "x-failed-recipients") !== undefined;
  const opens = REPORT_OPENINGS.some((words) => words.test(mail.text));
  return isNamed || (isFromServer && (REPORT_SUBJECTS.test(mail.subject) || opens));
}

/** The first line with the code of a refusal, and the line after it. */
function lineWithCode(text: string): string | undefined {
  const lines = text.split(/\r?\n/u);
  const at = lines.findIndex((line) => {
    const { enhanced, reply } = statusCodeIn(line);
    return (reply !== null && reply >= 400) || (enhanced !== null && !enhanced.startsWith("2"));
  });
  return at === -1
    ? undefined
    : lines
        .slice(at, at + 2)
        .join(" ")
        .trim();
}

const lineWith = (text: string, words: RegExp | undefined): string | undefined =>
  text.split(/\r?\n/u).find((line) => words?.test(line));

/** The recipients that the report names. They must not appear in its words. */
function addressesIn(mail: ParsedMail): string[] {
  const named = `${mail.text}\n${headerOf(mail, "x-failed-recipients") ?? ""}`;
  return [...new Set(named.slice(0, 20_000).match(ADDRESS) ?? [])].slice(0, 20);
}

function reportOf(
  mail: ParsedMail,
  kind: "bounce" | "delayed" | "unknown",
  code: StatusCode,
  diagnostic: string | null,
): MailReport {
  const action = new Map([
    ["bounce", "failed"],
    ["delayed", "delayed"],
  ]).get(kind);
  return {
    kind,
    action: action ?? null,
    ...code,
    diagnostic,
    readFrom: "text",
    reference: referenceOfReport(mail),
  };
}
