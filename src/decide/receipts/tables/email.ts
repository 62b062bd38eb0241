import { NO_RETRY, type CodeMeaning, type Progress, type ReceiptTable } from "../table.ts";
import { meaningOfEmailFailure } from "./email-codes.ts";

const attempted = (statusDetails: string): Progress => ({ status: "attempted", statusDetails });

/** The mail server gave up, so no failure of a report is tried again by waiting only. */
function meaningOf(code: string | null, qualifier: string | null): CodeMeaning {
  const meaning = meaningOfEmailFailure({
    enhanced: code,
    reply: replyOf(qualifier),
    text: qualifier ?? "",
  });
  const isGivenUp = code?.startsWith("4") === true && meaning.contact === undefined;
  return isGivenUp ? { ...meaning, retry: NO_RETRY } : meaning;
}

/** The reply code at the head of a diagnostic text. */
function replyOf(qualifier: string | null): number | null {
  const reply = /^(?:smtp;\s*)?([245]\d\d)\b/iu.exec(qualifier ?? "")?.[1];
  return reply === undefined ? null : Number(reply);
}

/**
 * Emails. The words are the actions of RFC 3464, `accepted` for the relay's own answer and `complaint` for a report of
 * RFC 5965. A server may report a delivery and a failure of the same message: the copy that was forwarded came back.
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
    // who complains has received it
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
