import type { StatusDetails } from "../../../domain/status-details.ts";
import { NO_RETRY, type CodeMeaning, type Progress, type ReceiptTable } from "../table.ts";

const attempted = (statusDetails: StatusDetails): Progress => ({
  status: "attempted",
  statusDetails,
});

const OTHER_NUMBER = "Get another number from the borrower.";

const failed = (short: string, long: string, rest: Partial<CodeMeaning> = {}): CodeMeaning => ({
  short,
  long,
  contact: [],
  retry: NO_RETRY,
  isNamed: true,
  ...rest,
});

const INVALID_NUMBER = failed(
  "Number invalid",
  `Twilio says that this is no phone number. ${OTHER_NUMBER}`,
  { contact: [{ kind: "invalid" }] },
);
const OUR_NUMBER = failed(
  "Caller refused",
  "Twilio does not let us call from this number. Check that it is the account's and verified.",
  { retry: { kind: "afterFix", circuit: "sender", isDueAgain: true } },
);
/** SIP replies for a number that is not in service. */
const DISCONNECTED = failed(
  "Number disconnected",
  `The number is not in service. ${OTHER_NUMBER}`,
  {
    statusDetails: "voiceDisconnectedNumber",
    contact: [{ kind: "invalid" }],
  },
);

const CODES: Readonly<Record<string, CodeMeaning>> = {
  "21210": OUR_NUMBER,
  "21212": OUR_NUMBER,
  "21214": INVALID_NUMBER,
  "21215": failed(
    "Country not enabled",
    "The account may not call this country. Enable it under Geo Permissions in the Twilio console.",
    { retry: { kind: "afterFix", circuit: "account", isDueAgain: true } },
  ),
  "21216": failed(
    "Number blocked",
    "Twilio calls this number for no customer. Use another channel.",
  ),
  "21217": INVALID_NUMBER,
  // another call would make the number's reputation worse
  "32017": failed(
    "Caller blocked",
    "The carrier blocks calls from our number. Check the number's reputation and its registration.",
  ),
  "404": DISCONNECTED,
  "484": DISCONNECTED,
};

const UNKNOWN = failed("Call failed", "The call could not be put through. Use another channel.", {
  isNamed: false,
});

const DIALLED = ["queued", "initiated", "ringing"] as const;
/** The person or machine that answered, as our agent or IVR reports it. */
const DISPOSITIONS = ["leftVoicemail", "spokeWithThirdParty", "spokeWithFirstParty"] as const;

/** Outbound calls. Only `failed` reads a code; `busy` and `no-answer` are complete without one. */
export const TWILIO_CALL: ReceiptTable = {
  provider: "twilio",
  channel: "voice",
  source:
    "Twilio: Call resource, CallStatus and AnsweredBy; 12 CFR 1006.14(b)(3), comment 14(b)(3)(ii)-1",
  asOf: "2026-11-20",
  statuses: [
    { rawStatus: "queued", rank: 0, progress: attempted("voiceQueued"), countsAsCall: false },
    { rawStatus: "initiated", rank: 1, progress: attempted("voiceQueued"), countsAsCall: false },
    { rawStatus: "ringing", rank: 2, progress: attempted("voiceRinging"), countsAsCall: true },
    {
      rawStatus: "in-progress",
      rank: 3,
      progress: { status: "inProgress", statusDetails: null },
      countsAsCall: true,
    },
    {
      rawStatus: "canceled",
      rank: 4,
      progress: { status: "canceled", statusDetails: "voiceCanceled" },
      yieldsTo: ["in-progress", "failed", "busy", "no-answer", "completed", ...DISPOSITIONS],
      countsAsCall: "afterRinging",
    },
    {
      rawStatus: "failed",
      rank: 4,
      progress: { status: "failed", statusDetails: "voiceFailed" },
      yieldsTo: ["busy", "no-answer", "completed", ...DISPOSITIONS],
      readsCode: true,
      countsAsCall: false,
    },
    {
      rawStatus: "busy",
      rank: 4,
      progress: attempted("voiceBusy"),
      yieldsTo: ["in-progress", "no-answer", "completed", ...DISPOSITIONS],
      countsAsCall: false,
    },
    {
      rawStatus: "no-answer",
      rank: 4,
      progress: attempted("voiceNoAnswer"),
      yieldsTo: ["in-progress", "completed", ...DISPOSITIONS],
      countsAsCall: true,
    },
    {
      rawStatus: "completed",
      rank: 4,
      progress: attempted("voiceFailed"),
      qualified: [
        [/^human$/u, attempted("voiceAnswered")],
        [/^machine_/u, attempted("voiceMachineNoMessage")],
      ],
      countsAsCall: true,
    },
    {
      rawStatus: "leftVoicemail",
      rank: 5,
      progress: attempted("voiceLeftVoicemail"),
      countsAsCall: true,
    },
    {
      rawStatus: "spokeWithThirdParty",
      rank: 6,
      progress: attempted("voiceSpokeWithThirdParty"),
      countsAsCall: true,
    },
    {
      rawStatus: "spokeWithFirstParty",
      rank: 7,
      progress: { status: "succeeded", statusDetails: "voiceSpokeWithFirstParty" },
      countsAsCall: true,
    },
  ],
  sequences: [
    [...DIALLED, "in-progress", "completed", ...DISPOSITIONS],
    [...DIALLED, "no-answer"],
    [...DIALLED, "busy"],
    [...DIALLED, "in-progress", "failed"],
    [...DIALLED, "canceled"],
  ],
  meaningOf: (code) => CODES[code ?? ""] ?? UNKNOWN,
};
