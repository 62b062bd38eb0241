import { writeDay } from "../../domain/guard/moments.ts";
import type { PolicyEntry } from "../../domain/guard/policy.ts";

const time = (minutes: number): string =>
  `${String(Math.floor(minutes / 60)).padStart(2, "0")}:${String(minutes % 60).padStart(2, "0")}`;
const list = (items: readonly string[]): string => items.join(", ");

/** Writes the value of a policy entry in words. */
export function entryWords(entry: PolicyEntry): string {
  switch (entry.rule) {
    case "window":
      return `${time(entry.value.from)} to ${time(entry.value.to)} for ${list(entry.value.channels)}`;
    case "cap":
      return capWords(entry.value);
    case "silence":
      return `${entry.value.days} days after a conversation, per ${entry.value.per}, for ${list(entry.value.channels)}${entry.value.unlessRequested ? ", unless asked for" : ""}`;
    case "electronicNeedsNotice":
      return `${list(entry.value.channels)} only after a written notice by mail`;
    case "electronicNeedsConsent":
      return `${list(entry.value.channels)} only with consent${entry.value.requestDays === undefined ? "" : `, which may be asked for once in ${entry.value.requestDays} days`}`;
    case "withinMinutes":
      return `within ${entry.value.minutes} minutes`;
    case "withinDays":
      return `within ${entry.value.days} days`;
    case "atLeastDays":
      return `at least ${entry.value.days} days`;
    case "characters":
      return `at most ${entry.value.max} characters`;
    case "years":
      return `${entry.value.years} years`;
    case "revokeAllFrom":
      return `one revocation stops all programmes from ${writeDay(entry.value.day)}`;
    case "validationPeriod":
      return `receipt after ${entry.value.receiptDays} business days, period of ${entry.value.days} days`;
    case "spouse":
    case "disputeAnyTime":
    case "disclosure":
    case "consentNotWorkAddress":
    case "employerNeedsPermission":
    case "regF":
    case "writtenConsent":
      return PLAIN[entry.rule];
    case "notJudged":
      return "not judged";
  }
}

const PLAIN = {
  spouse: "a message to the spouse is held",
  disputeAnyTime: "a dispute counts at any time",
  disclosure: "the disclosure for time-barred debts is required",
  consentNotWorkAddress: "email needs consent, and no address at work",
  employerNeedsPermission: "an employer is contacted only with permission",
  regF: "Regulation F applies to creditors as well",
  writtenConsent: "solicitation needs written consent",
} as const;

function capWords(cap: Extract<PolicyEntry, { rule: "cap" }>["value"]): string {
  const { max, days, hours, per, channels, place, only, notCounted } = cap;
  const span = days === undefined ? `${hours} hours` : `${days} days`;
  const where =
    place === undefined ? "" : place === "work" ? " at work" : " elsewhere than at work";
  const kind = only === undefined ? "" : ` (${only})`;
  const left = notCounted.length === 0 ? "" : `, not counting ${list(notCounted)}`;
  return `at most ${max} in ${span} per ${per}${where}, for ${list(channels)}${kind}${left}`;
}

/** Writes the days on which an entry is in force; empty if it has no limits. */
export function daysInForce({ from, until }: PolicyEntry): string {
  if (from === null && until === null) return "";
  if (until === null) return `from ${writeDay(from ?? 0)}`;
  return from === null ? `until ${writeDay(until)}` : `${writeDay(from)} to ${writeDay(until)}`;
}

/** The loans and lenders to which an entry applies; empty if it applies to all. */
export function boundWords({ binds, when }: PolicyEntry): string {
  const { daysPastDueOver, notProducts, creditorOnceCollecting } = when;
  return [
    ...(binds.includes("creditor") ? [] : [list(binds)]),
    ...(daysPastDueOver === undefined ? [] : [`more than ${daysPastDueOver} days past due`]),
    ...(notProducts === undefined ? [] : [`not ${list(notProducts)}`]),
    ...(creditorOnceCollecting === true
      ? ["a creditor once the loan is accelerated, statements ceased or suit threatened"]
      : []),
  ].join("; ");
}
