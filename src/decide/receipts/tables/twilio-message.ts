import {
  meaningOfTwilioCode,
  TWILIO_CODES,
  TWILIO_FAILURES,
} from "../../../domain/codes/twilio-codes.ts";
import { TWILIO_PROGRESS } from "../../../domain/codes/twilio-statuses.ts";
import { failureMeaning, type Addition } from "../failure-meaning.ts";
import type { CodeMeaning, ContactEffect, ReceiptTable, Retry } from "../table.ts";

const wait = (...minutes: readonly number[]): Retry => ({ kind: "wait", minutes });
const NEXT_CAP_DAY: Addition = { retry: { kind: "nextCapDay" } };
/** The sending window may have ended, or may be narrower than ours. */
const JUDGE: Addition = { retry: { kind: "judge", expired: "textExpired" } };

const SOFT: ContactEffect = {
  kind: "softFailure",
  limit: { count: 3, withinDays: 30, makes: "notTextable" },
};

/** The additional meaning of a callback with one of these codes. */
const ADDITIONS: Readonly<Record<string, Addition>> = {
  "21610": {
    statusDetails: "textOptedOut",
    contact: [{ kind: "optedOut" }, { kind: "notTextable" }],
    ruleId: "optout.revoked",
  },
  "30001": { retry: wait(10, 10, 10, 10, 10) },
  // off, no signal or landline: three in 30 days make the number unusable for texts
  "30003": { contact: [SOFT], retry: wait(30, 240, 1_440) },
  "30004": { contact: [SOFT] },
  "30005": { contact: [{ kind: "notTextable" }, { kind: "disconnectionCheck" }] },
  // without a lookup, this many failures mean the same as those of an unreachable handset
  "30006": { contact: [{ kind: "lineTypeLookup" }, SOFT] },
  "30008": { contact: [SOFT], retry: wait(30) },
  "30023": NEXT_CAP_DAY,
  "30027": NEXT_CAP_DAY,
  "30036": JUDGE,
  "30610": JUDGE,
  "60005": { contact: [SOFT], retry: wait(30) },
  "63038": NEXT_CAP_DAY,
};

/** A carrier's code without a row, or a failure without a code: one more attempt. */
const UNEXPLAINED: Addition = { contact: [SOFT], retry: wait(30) };

function meaningOf(code: string | null, qualifier: string | null): CodeMeaning {
  const row = code === null ? TWILIO_FAILURES["undelivered"] : undefined;
  const meaning = row ?? meaningOfTwilioCode(Number(code), qualifier ?? "");
  const isNamed = code !== null && TWILIO_CODES[Number(code)] !== undefined;
  const isUnexplained = !isNamed && meaning.kind === "refused" && !/^2\d{4}$/u.test(code ?? "");
  return failureMeaning(
    meaning,
    isNamed,
    ADDITIONS[code ?? ""] ?? (isUnexplained ? UNEXPLAINED : {}),
  );
}

/** Our status for a request that was never answered. Every later status replaces it. */
export const OUTCOME_UNKNOWN = "outcomeUnknown";

const BEFORE_SENT = ["scheduled", "accepted", "queued", "sending"] as const;
const AFTER_SENT = ["sent", "partially_delivered"] as const;

/** Outbound messages. `receiving` and `received` are for inbound messages and are unknown here. */
export const TWILIO_MESSAGE: ReceiptTable = {
  provider: "twilio",
  channel: "text",
  source:
    "Twilio: Outbound Message Status in Status Callbacks; twilio-node, enum MessageStatus; Error and Warning Dictionary",
  asOf: "2026-11-20",
  statuses: [
    {
      rawStatus: OUTCOME_UNKNOWN,
      rank: -1,
      progress: { status: "attempted", statusDetails: "textOutcomeUnknown" },
    },
    {
      rawStatus: "scheduled",
      rank: 0,
      progress: { status: "scheduled", statusDetails: "textScheduledAtProvider" },
    },
    { rawStatus: "accepted", rank: 1, progress: TWILIO_PROGRESS.accepted },
    { rawStatus: "queued", rank: 2, progress: TWILIO_PROGRESS.queued },
    { rawStatus: "sending", rank: 3, progress: TWILIO_PROGRESS.sending },
    // it may be the last status: some carriers send no receipt
    { rawStatus: "sent", rank: 4, progress: TWILIO_PROGRESS.sent },
    { rawStatus: "partially_delivered", rank: 5, progress: TWILIO_PROGRESS.partially_delivered },
    { rawStatus: "delivered", rank: 6, progress: TWILIO_PROGRESS.delivered },
    {
      rawStatus: "undelivered",
      rank: 6,
      progress: { status: "failed", statusDetails: "textUndelivered" },
      yieldsTo: ["delivered", "read"],
      readsCode: true,
    },
    // a text that `failed` never left Twilio, so every status of the carrier contradicts it
    {
      rawStatus: "failed",
      rank: 6,
      progress: { status: "failed", statusDetails: "textFailed" },
      yieldsTo: ["delivered", "undelivered", "read"],
      readsCode: true,
    },
    // only a text that has not left Twilio can be canceled
    {
      rawStatus: "canceled",
      rank: 6,
      progress: { status: "canceled", statusDetails: "textCanceled" },
      yieldsTo: [
        "sending",
        "sent",
        "partially_delivered",
        "delivered",
        "undelivered",
        "failed",
        "read",
      ],
    },
    // RCS and WhatsApp
    { rawStatus: "read", rank: 7, progress: TWILIO_PROGRESS.read },
  ],
  sequences: [
    [OUTCOME_UNKNOWN, ...BEFORE_SENT, ...AFTER_SENT, "delivered", "read"],
    // a carrier's late status after it had stopped trying
    [OUTCOME_UNKNOWN, ...BEFORE_SENT, ...AFTER_SENT, "undelivered", "delivered", "read"],
    [OUTCOME_UNKNOWN, ...BEFORE_SENT, ...AFTER_SENT, "failed"],
    [OUTCOME_UNKNOWN, "scheduled", "accepted", "queued", "canceled"],
  ],
  meaningOf,
};
