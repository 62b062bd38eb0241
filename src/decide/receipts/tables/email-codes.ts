import { NO_RETRY, type CodeMeaning, type ContactEffect, type Retry } from "../table.ts";

/** A failed email, as a report or a mail server's reply describes it. */
export interface EmailFailure {
  /** RFC 3463, such as 5.1.1; null where none was given. */
  readonly enhanced: string | null;
  /** RFC 5321, such as 550; null where only a report was read. */
  readonly reply: number | null;
  readonly text: string;
}

const DAY_MINUTES = 24 * 60;

/** RFC 5321, 4.5.4.1: tries at least 30 minutes apart after the first, given up after four to five days. */
const SCHEDULE: Retry = { kind: "wait", minutes: [5, 30, 120, 360, 720] };
const DAILY: Retry = { kind: "wait", minutes: [DAY_MINUTES, DAY_MINUTES, DAY_MINUTES] };
const TOMORROW: Retry = { kind: "wait", minutes: [DAY_MINUTES] };

const SOFT: ContactEffect = {
  kind: "softFailure",
  limit: { count: 3, overDays: 7, makes: "invalid" },
};
const INVALID: ContactEffect = { kind: "invalid" };

const HARD: CodeMeaning = { contact: [INVALID], retry: NO_RETRY };
const SOFT_END: CodeMeaning = { contact: [SOFT], retry: NO_RETRY };
const END: CodeMeaning = { retry: NO_RETRY };
const FULL: CodeMeaning = { contact: [SOFT], retry: DAILY };
const NOT_NOW: CodeMeaning = { retry: SCHEDULE };
const SENDER: CodeMeaning = {
  retry: { kind: "afterFix", circuit: "sender", isDueAgain: true },
};
const ACCOUNT: CodeMeaning = {
  retry: { kind: "afterFix", circuit: "account", isDueAgain: true },
};
const OUR_MISTAKE: CodeMeaning = {
  retry: { kind: "afterFix", circuit: "sender", isDueAgain: false },
};

/** Details of x.7.y that speak of the sending domain's records: RFC 7372, Gmail's and Outlook's own. */
const AUTHENTICATION = [20, 23, 24, 25, 26, 27, 29, 30, 31, 32, 40, 515] as const;

/**
 * By enhanced status code; `5.5.*` stands for the details that have no row of their own. The class of the reply decides
 * whether there is a retry, the detail only why: Gmail answers 421 5.7.32.
 */
const ENHANCED: Readonly<Record<string, CodeMeaning>> = {
  "5.1.0": SOFT_END,
  "5.1.1": HARD,
  "5.1.2": HARD,
  "5.1.3": HARD,
  "5.1.6": HARD,
  "5.1.7": { retry: { kind: "afterFix", circuit: "sender", isDueAgain: false } },
  "5.1.8": { retry: { kind: "afterFix", circuit: "sender", isDueAgain: false } },
  // RFC 7505: the domain says that it takes no mail
  "5.1.10": HARD,
  "5.1.*": SOFT_END,
  "5.2.0": SOFT_END,
  "5.2.1": HARD,
  // RFC 3463 itself asks to take a full mailbox as something that passes
  "5.2.2": FULL,
  "4.2.2": FULL,
  "5.2.3": END,
  "5.3.0": SOFT_END,
  "5.3.2": SOFT_END,
  "5.3.4": END,
  "5.4.4": SOFT_END,
  "5.4.5": { statusDetails: "emailDeferred", retry: TOMORROW },
  "5.4.6": END,
  "5.4.7": SOFT_END,
  "4.4.7": SOFT_END,
  "5.5.*": OUR_MISTAKE,
  "5.6.*": OUR_MISTAKE,
  "5.7.1": END,
  "5.7.13": HARD,
  // RFC 7293: the mailbox changed hands
  "5.7.17": { contact: [INVALID, { kind: "leakReview" }], retry: NO_RETRY },
  "5.7.18": HARD,
  "5.7.*": END,
  ...Object.fromEntries(
    AUTHENTICATION.flatMap((detail) => [
      [`5.7.${detail}`, SENDER],
      [`4.7.${detail}`, SENDER],
    ]),
  ),
};

/** By reply, for failures that have no enhanced code. */
const REPLIES: Readonly<Record<number, CodeMeaning>> = {
  500: OUR_MISTAKE,
  501: OUR_MISTAKE,
  502: OUR_MISTAKE,
  503: OUR_MISTAKE,
  504: OUR_MISTAKE,
  // RFC 7504: this host, and this domain, takes no mail at all
  521: HARD,
  556: HARD,
  // RFC 4954
  530: ACCOUNT,
  534: ACCOUNT,
  535: ACCOUNT,
  538: ACCOUNT,
  551: SOFT_END,
};

/** Where the words say more than the code. `codes` fits the enhanced code, or the reply where there is none. */
const WORDS: readonly {
  readonly codes: RegExp;
  readonly words: RegExp;
  readonly meaning: CodeMeaning;
}[] = [
  // Gmail answers 550 5.2.1 for a busy mailbox as well as for a disabled one
  {
    codes: /^[45]\.2\.1$/u,
    words: /rate that prevents|too quickly/iu,
    meaning: { statusDetails: "emailDeferred", retry: SCHEDULE },
  },
  // hosts that answer everything with one code
  {
    codes: /^(?:5\.(?:0\.0|1\.0|2\.0|3\.0|7\.1|4\.1)|5\d\d)$/u,
    words:
      /(?:user|recipient|mailbox|account|address|e-?mail) (?:is )?(?:unknown|not (?:found|known|exist)|invalid|does(?: not|n['’]t) exist)|(?:unknown|invalid|no such) (?:user|recipient|mailbox|account|address)|no mailbox (?:here )?by that name|does(?: not|n['’]t) have an? .{1,40} account|recipient address rejected: access denied|RecipNotFound|Recipient not found/iu,
    meaning: HARD,
  },
  {
    codes: /^(?:5\.(?:0\.0|1\.0|2\.0|3\.0|7\.1)|5\d\d)$/u,
    words:
      /(?:mailbox|account|user|address) (?:is |has been )?(?:disabled|inactive|suspended|deactivated|no longer)/iu,
    meaning: HARD,
  },
  // Outlook.com
  { codes: /^5\.5\.0$/u, words: /mailbox unavailable/iu, meaning: HARD },
  {
    codes: /^(?:5\.0\.0|5\d\d)$/u,
    words:
      /\b(?:blocked|blacklist\w*|block list|reputation|spam|security polic(?:y|ies)|listed at)\b/iu,
    meaning: END,
  },
  {
    codes: /^(?:[45]\.[023]\.0|[45]\d\d)$/u,
    words:
      /(?:over|exceeded|out of).{0,20}(?:quota|storage)|quota exceeded|mailbox (?:is )?full|insufficient (?:system )?storage/iu,
    meaning: FULL,
  },
  {
    codes: /^5/u,
    words:
      /\b(?:SPF|DKIM|DMARC)\b.{0,60}(?:fail|not pass|required)|unauthenticated (?:e?mail|message)/iu,
    meaning: SENDER,
  },
  {
    codes: /^5\d\d$/u,
    words: /message (?:size )?(?:is )?(?:too (?:large|big)|exceeds)|size limit/iu,
    meaning: END,
  },
];

/** Why an email failed and what follows: words first, then the enhanced code, the reply, and the class alone. */
export function meaningOfEmailFailure({ enhanced, reply, text }: EmailFailure): CodeMeaning {
  const code = enhanced ?? (reply === null ? "" : String(reply));
  const worded = WORDS.find(({ codes, words }) => codes.test(code) && words.test(text));
  return (
    worded?.meaning ??
    ENHANCED[code] ??
    ENHANCED[code.replace(/\d+$/u, "*")] ??
    (enhanced === null ? REPLIES[reply ?? 0] : undefined) ??
    byClass(code)
  );
}

/** A report without any code is a bounce whose reason nobody knows: soft, and not tried again. */
function byClass(code: string): CodeMeaning {
  return code.startsWith("4") ? NOT_NOW : SOFT_END;
}
