import type { Meaning } from "../../../domain/codes/meaning.ts";
import {
  DAILY_QUOTA,
  GONE_FOR_GOOD,
  MAILBOX_FULL,
  NEW_OWNER,
  NO_ROUTE,
  NO_ROUTE_TO_DOMAIN,
  REFUSES_MAIL,
  WAITED_TOO_LONG,
} from "../../../domain/codes/smtp-meanings.ts";
import { meaningOfReply } from "../../../domain/codes/smtp-reply.ts";
import type { StatusDetails } from "../../../domain/status-details.ts";
import { failureMeaning, type Addition } from "../failure-meaning.ts";
import {
  NO_RETRY,
  type CodeMeaning,
  type ContactEffect,
  type Progress,
  type ReceiptTable,
} from "../table.ts";

const attempted = (statusDetails: StatusDetails): Progress => ({
  status: "attempted",
  statusDetails,
});

const DAY_MINUTES = 24 * 60;
const SOFT: ContactEffect = {
  kind: "softFailure",
  limit: { count: 3, overDays: 7, makes: "invalid" },
};

/** The effect of a failure on the address and the time of the next attempt, in addition to the meaning of its code. */
const ADDITIONS: ReadonlyMap<Meaning, Addition> = new Map<Meaning, Addition>([
  [
    MAILBOX_FULL,
    {
      contact: [SOFT],
      retry: { kind: "wait", minutes: [DAY_MINUTES, DAY_MINUTES, DAY_MINUTES] },
    },
  ],
  [GONE_FOR_GOOD, { contact: [SOFT] }],
  [REFUSES_MAIL, { contact: [SOFT] }],
  [NO_ROUTE, { contact: [SOFT] }],
  [NO_ROUTE_TO_DOMAIN, { contact: [SOFT] }],
  [WAITED_TOO_LONG, { contact: [SOFT] }],
  [NEW_OWNER, { contact: [{ kind: "invalid" }, { kind: "leakReview" }] }],
  [
    DAILY_QUOTA,
    { statusDetails: "emailDeferred", retry: { kind: "wait", minutes: [DAY_MINUTES] } },
  ],
]);

/**
 * Returns the meaning of a reply or report about an email. `reply` is that of RFC 5321, or the part of it that a report
 * contains.
 */
export function meaningOfEmailFailure(
  enhanced: string | null,
  reply: string,
  text: string,
): CodeMeaning {
  const meaning = meaningOfReply({ code: reply, enhancedCode: enhanced ?? undefined, text });
  return failureMeaning(meaning, meaning !== GONE_FOR_GOOD, ADDITIONS.get(meaning));
}

/** A server that reports a temporary fault as final has retried long enough. Only a full mailbox may become usable. */
function meaningOf(code: string | null, qualifier: string | null): CodeMeaning {
  const said = /^(?:smtp;\s*)?([245]\d\d)\b/iu.exec(qualifier ?? "")?.[1];
  const reply = said ?? `${code?.charAt(0) ?? "5"}50`;
  const meaning = meaningOfEmailFailure(code, reply, qualifier ?? "");
  const mayPass = reply.startsWith("4") && meaning.retry.kind === "wait";
  const isFull = meaning.contact.includes(SOFT) && code?.endsWith("2.2") === true;
  return mayPass && !isFull ? { ...meaning, retry: NO_RETRY } : meaning;
}

/**
 * Emails. The statuses are the actions of RFC 3464, `accepted` for the relay's own answer and `complaint` for a report
 * of RFC 5965. A server may report both a delivery and a failure of one message: its forwarded copy came back.
 */
export const EMAIL: ReceiptTable = {
  provider: "smtp",
  channel: "email",
  source: "RFC 3463, 3464, 5321, 5965; status codes of Gmail, Outlook and Yahoo",
  asOf: "2026-11-20",
  statuses: [
    { rawStatus: "outcomeUnknown", rank: -1, progress: attempted("emailOutcomeUnknown") },
    { rawStatus: "accepted", rank: 1, progress: attempted("emailSent") },
    { rawStatus: "delayed", rank: 2, progress: attempted("emailDeferred"), codeClass: /^4/u },
    { rawStatus: "relayed", rank: 3, progress: attempted("emailSent"), codeClass: /^2/u },
    { rawStatus: "expanded", rank: 4, progress: attempted("emailSent"), codeClass: /^2/u },
    {
      rawStatus: "delivered",
      rank: 5,
      progress: { status: "succeeded", statusDetails: "emailDelivered" },
      codeClass: /^2/u,
    },
    // a recipient who complains has received it
    {
      rawStatus: "complaint",
      rank: 6,
      progress: { status: "succeeded", statusDetails: "emailSpamReported" },
      contact: [{ kind: "optedOut" }],
    },
    {
      rawStatus: "failed",
      rank: 7,
      progress: { status: "failed", statusDetails: "emailBounced" },
      readsCode: true,
      codeClass: /^[45]/u,
    },
  ],
  sequences: [
    [
      "outcomeUnknown",
      "accepted",
      "delayed",
      "relayed",
      "expanded",
      "delivered",
      "complaint",
      "failed",
    ],
  ],
  meaningOf,
};
