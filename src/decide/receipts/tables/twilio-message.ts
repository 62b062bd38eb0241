import {
  NO_RETRY,
  type CodeMeaning,
  type ContactEffect,
  type Progress,
  type ReceiptTable,
  type Retry,
} from "../table.ts";

const attempted = (statusDetails: string): Progress => ({ status: "attempted", statusDetails });
const succeeded = (statusDetails: string): Progress => ({ status: "succeeded", statusDetails });
const failed = (statusDetails: string): Progress => ({ status: "failed", statusDetails });

const wait = (...minutes: readonly number[]): Retry => ({ kind: "wait", minutes });
const afterFix = (circuit: "account" | "sender" | "campaign", isDueAgain = true): Retry => ({
  kind: "afterFix",
  circuit,
  isDueAgain,
});

/** Twilio gives no number of tries for these; four in two hours are ours. */
const LATER = wait(10, 20, 40, 60);
const SOFT: ContactEffect = {
  kind: "softFailure",
  limit: { count: 3, withinDays: 30, makes: "notTextable" },
};

const refused = (...contact: readonly ContactEffect[]): CodeMeaning => ({
  contact,
  retry: NO_RETRY,
});
const ours = (circuit: "account" | "sender" | "campaign"): CodeMeaning => ({
  retry: afterFix(circuit),
});
const later: CodeMeaning = { retry: LATER };
const mistake: CodeMeaning = { retry: afterFix("sender", false) };

/**
 * Twilio's error codes as a status callback brings them. A messaging service accepts first and checks later, so the
 * codes of a refused request come this way as well.
 */
const CODES: Readonly<Record<string, CodeMeaning>> = {
  "14107": refused(),
  "20003": ours("account"),
  "20005": ours("account"),
  "20404": { retry: afterFix("account", false) },
  "20429": { retry: wait(1, 2, 4, 8) },
  "20500": later,
  "20503": later,
  "21211": refused({ kind: "invalid" }),
  "21212": ours("sender"),
  "21408": refused(),
  "21602": refused(),
  "21603": ours("sender"),
  "21604": refused(),
  "21606": ours("sender"),
  "21608": refused(),
  "21610": {
    statusDetails: "textOptedOut",
    contact: [{ kind: "optedOut" }, { kind: "notTextable" }],
    retry: NO_RETRY,
    ruleId: "optout.revoked",
  },
  "21611": { retry: wait(15, 30, 60) },
  "21612": refused({ kind: "notTextable" }),
  "21614": refused({ kind: "notTextable" }),
  "21617": refused(),
  "21618": refused(),
  "21624": mistake,
  "21635": refused({ kind: "notTextable" }),
  "21701": ours("sender"),
  "21702": ours("sender"),
  "21703": ours("sender"),
  "21704": ours("sender"),
  "21705": ours("sender"),
  "30001": { retry: wait(10, 10, 10, 10, 10) },
  "30002": ours("account"),
  // off, no signal, landline: three in 30 days make the number unfit for texts
  "30003": { contact: [SOFT], retry: wait(30, 240, 1_440) },
  "30004": refused(SOFT),
  // unknown for texts: whether it can be called is another question
  "30005": refused({ kind: "notTextable" }, { kind: "disconnectionCheck" }),
  "30006": refused({ kind: "lineTypeLookup" }),
  "30007": refused(),
  "30008": { contact: [SOFT], retry: wait(30) },
  "30010": refused(),
  "30011": refused(),
  "30017": later,
  "30018": ours("sender"),
  "30020": later,
  "30022": { retry: wait(5, 15, 30, 60) },
  "30023": { retry: { kind: "nextCapDay" } },
  "30024": ours("sender"),
  "30027": { retry: { kind: "nextCapDay" } },
  "30032": ours("sender"),
  "30033": ours("campaign"),
  "30034": ours("sender"),
  "30035": { retry: wait(60) },
  "30036": { retry: { kind: "judge", expired: "textExpired" } },
  "30047": later,
  "30410": later,
  "30450": { retry: wait(30) },
  // Twilio's quiet hours were narrower than ours
  "30610": { retry: { kind: "judge", expired: "textExpired" } },
  "35111": mistake,
  "35114": mistake,
  "35115": mistake,
  "35117": mistake,
  "35118": mistake,
  "35125": mistake,
  "35126": mistake,
};

/** Any other code of a carrier, and a failure without a code. */
const CARRIER: CodeMeaning = { contact: [SOFT], retry: wait(30), certainty: "policy" };
/** Any other code of a refused request. */
const REQUEST: CodeMeaning = { ...refused(), certainty: "policy" };

function meaningOf(code: string | null): CodeMeaning {
  const row = code === null ? CARRIER : CODES[code];
  return row ?? (/^2\d{4}$/u.test(code ?? "") ? REQUEST : CARRIER);
}

/** Ours, for a request that was never answered; it takes any word that comes later. */
export const OUTCOME_UNKNOWN = "outcomeUnknown";

const BEFORE_SENT = ["scheduled", "accepted", "queued", "sending"] as const;
const AFTER_SENT = ["sent", "partially_delivered"] as const;

/** Outbound messages. `receiving` and `received` are words of inbound ones and unknown here. */
export const TWILIO_MESSAGE: ReceiptTable = {
  provider: "twilio",
  channel: "text",
  source:
    "Twilio: Outbound Message Status in Status Callbacks; twilio-node, enum MessageStatus; Error and Warning Dictionary",
  asOf: "2026-11-20",
  statuses: [
    { rawStatus: OUTCOME_UNKNOWN, rank: -1, progress: attempted("textOutcomeUnknown") },
    {
      rawStatus: "scheduled",
      rank: 0,
      progress: { status: "scheduled", statusDetails: "textScheduledAtProvider" },
    },
    { rawStatus: "accepted", rank: 1, progress: attempted("textQueued") },
    { rawStatus: "queued", rank: 2, progress: attempted("textQueued") },
    { rawStatus: "sending", rank: 3, progress: attempted("textQueued") },
    // it may be the last word: some carriers send no receipt
    { rawStatus: "sent", rank: 4, progress: attempted("textSent") },
    { rawStatus: "partially_delivered", rank: 5, progress: attempted("textSent") },
    { rawStatus: "delivered", rank: 6, progress: succeeded("textDelivered") },
    {
      rawStatus: "undelivered",
      rank: 6,
      progress: failed("textUndelivered"),
      yieldsTo: ["delivered", "read"],
      readsCode: true,
    },
    // `failed` never left Twilio, so every word of the carrier speaks against it
    {
      rawStatus: "failed",
      rank: 6,
      progress: failed("textFailed"),
      yieldsTo: ["delivered", "undelivered", "read"],
      readsCode: true,
    },
    // only what has not left can be canceled
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
    { rawStatus: "read", rank: 7, progress: succeeded("textRead") },
  ],
  sequences: [
    [OUTCOME_UNKNOWN, ...BEFORE_SENT, ...AFTER_SENT, "delivered", "read"],
    // a carrier's late word after it had given up
    [OUTCOME_UNKNOWN, ...BEFORE_SENT, ...AFTER_SENT, "undelivered", "delivered", "read"],
    [OUTCOME_UNKNOWN, ...BEFORE_SENT, ...AFTER_SENT, "failed"],
    [OUTCOME_UNKNOWN, "scheduled", "accepted", "queued", "canceled"],
  ],
  meaningOf,
};
