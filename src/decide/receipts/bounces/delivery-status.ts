import type { ParsedMail } from "../../../domain/receipts/parsed-mail.ts";
import { fieldGroupsOf, withoutType, type Fields } from "./fields.ts";
import type { MailKind, MailReport } from "./mail-report.ts";
import { isOriginal, referenceOfReport } from "./reference.ts";
import { withoutNames } from "./without-names.ts";
import { enhancedIn, statusCodeIn, type StatusCode } from "./status-code.ts";

const DELIVERY_STATUS = /^message\/(?:global-)?delivery-status$/u;
const OF_RECIPIENT = [
  "final-recipient",
  "original-recipient",
  "action",
  "status",
  "diagnostic-code",
];

const ACTIONS: readonly (readonly [word: RegExp, action: string, kind: MailKind])[] = [
  [/^\W*(?:fail|undeliver|bounce|hard|error)/iu, "failed", "bounce"],
  [/^\W*delay/iu, "delayed", "delayed"],
  [/^\W*deliver/iu, "delivered", "delivered"],
  [/^\W*relay/iu, "relayed", "relayed"],
  [/^\W*expand/iu, "expanded", "relayed"],
];

/** Reads a delivery status notification (RFC 3464): one report per recipient, none if the email has no such part. */
export function readDeliveryStatus(mail: ParsedMail): MailReport[] {
  const reference = referenceOfReport(mail);
  return statusTexts(mail)
    .flatMap((text) => recipientsOf(fieldGroupsOf(text)))
    .map((fields) => ({ ...reportOf(fields, mail), readFrom: "deliveryStatus", reference }));
}

/** Gateways label the status part as plain text, so it becomes part of the email's text. */
function statusTexts({ parts, text }: ParsedMail): string[] {
  const labelled = parts.filter(({ mimeType }) => DELIVERY_STATUS.test(mimeType));
  if (labelled.length > 0) return labelled.map((part) => part.text);
  const others = [...parts.filter(({ mimeType }) => !isOriginal(mimeType)), { text }];
  return others.flatMap((other) => {
    const from = other.text.search(/^reporting-mta[ \t]*:/imu);
    const isStatus = from !== -1 && /^final-recipient[ \t]*:/imu.test(other.text);
    return isStatus ? [other.text.slice(from)] : [];
  });
}

/** Returns one set of fields per recipient. Some servers put blank lines between the fields of one recipient. */
function recipientsOf(groups: readonly Fields[]): Fields[] {
  const recipients: Map<string, string>[] = [];
  for (const group of groups.filter((fields) => OF_RECIPIENT.some((name) => fields.has(name)))) {
    const last = recipients.at(-1);
    const isSame = last !== undefined && [...group.keys()].every((name) => !last.has(name));
    if (isSame) recipients.pop();
    recipients.push(new Map([...(isSame ? last : []), ...group]));
  }
  return recipients;
}

function reportOf(fields: Fields, mail: ParsedMail): Omit<MailReport, "readFrom" | "reference"> {
  const words = withoutType(fields.get("diagnostic-code") ?? "");
  const code = codeOf(fields.get("status") ?? "", words);
  const [, action, kind] = actionOf(fields.get("action") ?? "", code, mail.subject);
  return { kind, action, ...code, diagnostic: diagnosticOf(words, fields) };
}

/**
 * Many servers put the general 5.0.0 into Status and the true code into the diagnostic text. The text counts if it has
 * the same class and is more exact.
 */
function codeOf(status: string, words: string): StatusCode {
  const said = statusCodeIn(words);
  const stated = enhancedIn(status);
  const isGeneral = stated === null || stated.endsWith(".0");
  const isSameClass = stated === null || said.enhanced?.charAt(0) === stated.charAt(0);
  const isExact = said.enhanced !== null && !said.enhanced.endsWith(".0");
  const enhanced = isGeneral && isSameClass && isExact ? said.enhanced : (stated ?? said.enhanced);
  return { enhanced, reply: said.reply };
}

/** For a report without a readable action, the class decides, otherwise the subject. */
function actionOf(
  word: string,
  { enhanced, reply }: StatusCode,
  subject: string,
): (typeof ACTIONS)[number] {
  const named = ACTIONS.find(([pattern]) => pattern.test(word));
  if (named !== undefined) return named;
  const code = (enhanced ?? String(reply ?? "")).charAt(0);
  const isDelay = code === "4" && /delay|warning|retras|verzöger|retard/iu.test(subject);
  const action = new Map([
    ["2", "delivered"],
    ["4", isDelay ? "delayed" : "failed"],
    ["5", "failed"],
  ]).get(code);
  return ACTIONS.find(([, known]) => known === action) ?? UNREADABLE;
}

const UNREADABLE: (typeof ACTIONS)[number] = [/^/u, "", "unknown"];

function diagnosticOf(words: string, fields: Fields): string | null {
  const addresses = ["final-recipient", "original-recipient", "x-actual-recipient"]
    .map((name) => withoutType(fields.get(name) ?? ""))
    .filter((address) => address !== "");
  return withoutNames(words, addresses);
}
