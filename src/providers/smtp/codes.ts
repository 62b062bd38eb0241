import type { ContactFinding } from "../../domain/provider-answer.ts";
import type { Meaning } from "../answer/code-meaning.ts";

const bounced = (short: string, long: string, finding: ContactFinding | null = null): Meaning => ({
  kind: "refused",
  statusDetails: "emailBounced",
  short,
  long,
  finding,
});
const deferred = (short: string, long: string): Meaning => ({
  kind: "unavailable",
  statusDetails: "emailDeferred",
  short,
  long,
  finding: null,
});
const tooFast = (short: string, long: string, retryAfterMs: number): Meaning => ({
  kind: "limited",
  statusDetails: "emailDeferred",
  short,
  long,
  finding: null,
  retryAfterMs,
});
const ourFault = (short: string, long: string): Meaning => ({
  kind: "misconfigured",
  statusDetails: "emailDeferred",
  short,
  long,
  finding: null,
});

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

const ASK_FOR_ANOTHER = "Ask the borrower for another address.";
const RETRIED = "Nothing to do: it is tried again.";

const NO_MAILBOX = bounced(
  "No such mailbox",
  `The receiving server knows no such mailbox. ${ASK_FOR_ANOTHER}`,
  "invalid",
);
const NO_DOMAIN = bounced(
  "No such domain",
  `The part after the @ takes no mail. ${ASK_FOR_ANOTHER}`,
  "invalid",
);
const BAD_ADDRESS = bounced(
  "Address malformed",
  "The receiving server cannot read the address. Look for a slip of the pen in it, or ask the borrower.",
  "invalid",
);
const DISABLED = bounced(
  "Mailbox disabled",
  `The mailbox exists no longer or was switched off. ${ASK_FOR_ANOTHER}`,
  "invalid",
);
const NEW_OWNER = bounced(
  "Mailbox changed hands",
  "The address now belongs to somebody else. Stop using it, and review what was sent to it.",
  "invalid",
);
const MAILBOX_FULL = deferred(
  "Mailbox full",
  "The borrower's mailbox is full. It is tried again; use another channel if it stays so.",
);
const TOO_LARGE = bounced(
  "Message too large",
  "The receiving server takes no message of this size. Make the template smaller.",
);
const REFUSES_MAIL = bounced(
  "Server takes no mail",
  `The receiving server takes no mail for this address. ${ASK_FOR_ANOTHER}`,
);
const LOOP = bounced(
  "Mail loop",
  "The receiving side forwards the message in a circle. Use another address.",
);
const CONTENT = bounced(
  "Content refused",
  "The receiving server cannot take the form of the message. Have the template looked at.",
);
const POLICY = bounced(
  "Refused as spam or by policy",
  "The receiving server's policy refuses the message. Look at the template's wording and at the sender's reputation.",
);
const GONE_FOR_GOOD = bounced(
  "Refused for good",
  "The receiving server refuses the message for good. The provider's text may say why.",
);
const BUSY = deferred(
  "Server not ready",
  `The mail server cannot take the message now. ${RETRIED}`,
);
const GREYLISTED = deferred(
  "Greylisted",
  `The receiving server puts strangers off at the first attempt. ${RETRIED}`,
);
const MAILBOX_BUSY = deferred(
  "Mailbox not ready",
  `The borrower's mailbox takes no more mail just now. ${RETRIED}`,
);
const NO_ROUTE = deferred(
  "No route",
  `The receiving server cannot be found at the moment. ${RETRIED}`,
);
const OUT_OF_STEP = deferred(
  "Session out of step",
  `The mail server lost count of the session. ${RETRIED}`,
);
const SLOW_DOWN = tooFast(
  "Sending too fast",
  "The mail server asks for fewer messages. Lower EMAIL_CONNECTIONS if it goes on.",
  MINUTE_MS,
);
const DAILY_QUOTA = tooFast(
  "Daily quota used up",
  "The account may send no more today. Ask the mail provider for a larger quota.",
  6 * HOUR_MS,
);
const LOGIN = ourFault(
  "Login refused",
  "The mail server refuses our user name or password. Mend SMTP_URL.",
);
const SENDER = ourFault(
  "Sender refused",
  "The mail server does not let us send from this address. Check EMAIL_FROM and what the account may send.",
);
const RELAY = ourFault(
  "Relaying refused",
  "The mail server does not take mail for other domains from us. Check SMTP_URL and what the account may send.",
);
const AUTHENTICATION = ourFault(
  "Sender not authenticated",
  "SPF, DKIM, DMARC, TLS or reverse DNS of the sending domain is not as receivers ask. Mend the domain's records.",
);
const COMMAND = bounced(
  "Command refused",
  "The receiving server does not understand us. Have the provider's text looked at: it may be a fault of ours.",
);

/** Details of enhanced codes x.7.y that speak of the sending domain's records: RFC 7372, Gmail's and Outlook's own. */
const AUTHENTICATION_DETAILS = [20, 23, 24, 25, 26, 27, 29, 30, 31, 32, 40, 515] as const;

/**
 * What a reply means, by enhanced status code (RFC 3463), reply code (RFC 5321), or the enhanced code's subject alone.
 * The first digit of an enhanced code is the reply's own: the reply's class decides whether to try again, the enhanced
 * code only why. Gmail does say `421 5.7.32`.
 */
export const SMTP_CODES: Readonly<Record<string, Meaning>> = {
  "5.1.1": NO_MAILBOX,
  "5.1.2": NO_DOMAIN,
  "5.1.3": BAD_ADDRESS,
  "5.1.6": bounced(
    "Mailbox moved",
    `The mailbox moved and left no forwarding address. ${ASK_FOR_ANOTHER}`,
    "invalid",
  ),
  "5.1.7": SENDER,
  "5.1.8": SENDER,
  // RFC 7505, null MX
  "5.1.10": NO_DOMAIN,
  "5.2.1": DISABLED,
  // RFC 3463 itself asks to take a full mailbox as something that passes
  "5.2.2": MAILBOX_FULL,
  "5.2.3": TOO_LARGE,
  "5.3.0": REFUSES_MAIL,
  "5.3.2": REFUSES_MAIL,
  "5.3.4": TOO_LARGE,
  "5.4.4": bounced(
    "No route",
    "No server takes mail for the domain of the address. Check the domain with the borrower.",
  ),
  // Gmail's daily limit of the sending account
  "5.4.5": DAILY_QUOTA,
  "5.4.6": LOOP,
  "5.4.7": bounced(
    "Waited too long",
    "The mail server kept the message in its queue until it gave up.",
  ),
  "5.5.1": OUT_OF_STEP,
  "5.5.x": COMMAND,
  "5.6.x": CONTENT,
  "5.7.x": POLICY,
  "5.7.13": DISABLED,
  // RFC 7293
  "5.7.17": NEW_OWNER,
  "5.7.18": NEW_OWNER,
  "4.2.0": GREYLISTED,
  "4.2.1": MAILBOX_BUSY,
  "4.2.2": MAILBOX_FULL,
  "4.4.x": NO_ROUTE,
  "4.4.2": BUSY,
  "4.4.5": BUSY,
  "4.5.3": SLOW_DOWN,
  "4.7.1": GREYLISTED,
  "4.7.28": SLOW_DOWN,
  ...Object.fromEntries(
    AUTHENTICATION_DETAILS.flatMap((detail) => [
      [`4.7.${detail}`, AUTHENTICATION],
      [`5.7.${detail}`, AUTHENTICATION],
    ]),
  ),
  "500": COMMAND,
  "501": BAD_ADDRESS,
  "502": COMMAND,
  "503": OUT_OF_STEP,
  "504": COMMAND,
  // RFC 7504: this host, and this domain, takes no mail at all
  "521": NO_DOMAIN,
  // RFC 4954
  "530": LOGIN,
  "534": LOGIN,
  "535": LOGIN,
  "538": LOGIN,
  "556": NO_DOMAIN,
};

/** What a reply means that the table does not name: its class alone. */
export const SMTP_CLASSES = { transient: BUSY, permanent: GONE_FOR_GOOD } as const;

/**
 * Where a reply's words say more than its code. `codes` is matched against the enhanced code, or the reply code of a
 * reply that has none.
 */
export const SMTP_WORDS: readonly {
  readonly words: RegExp;
  readonly codes: RegExp;
  readonly meaning: Meaning;
}[] = [
  // Gmail answers 550 5.2.1 for a busy mailbox as well as for a disabled one
  { words: /rate that prevents|too quickly/iu, codes: /^[45]\.2\.1$/u, meaning: MAILBOX_BUSY },
  // Amazon SES: 454 Throttling failure
  { words: /daily (message )?quota/iu, codes: /^4/u, meaning: DAILY_QUOTA },
  {
    words: /throttl|sending rate|rate.?limit|too many (messages|emails|connections)/iu,
    codes: /^4/u,
    meaning: { ...SLOW_DOWN, retryAfterMs: 2_000 },
  },
  // Postfix, Exim and Exchange: our relay does not know us
  {
    words: /relay(ing)? (access )?(denied|not permitted)|unable to relay/iu,
    codes: /^5/u,
    meaning: RELAY,
  },
  { words: /sender address rejected|address (is )?not verified/iu, codes: /^5/u, meaning: SENDER },
  { words: /size|too (large|big)/iu, codes: /^552$/u, meaning: TOO_LARGE },
  { words: /quota|storage|full/iu, codes: /^552$/u, meaning: MAILBOX_FULL },
  {
    words:
      /user unknown|unknown user|no such (user|recipient|mailbox)|(mailbox|user|account) (does not exist|not found)/iu,
    codes: /^5\d\d$/u,
    meaning: NO_MAILBOX,
  },
  {
    words: /(mailbox|account|user) (is )?(disabled|inactive|suspended)/iu,
    codes: /^5\d\d$/u,
    meaning: DISABLED,
  },
];

/** What happens where the mail server says nothing that can be read. */
export const SMTP_SILENCE = {
  /** Refused before any talk of a recipient: it is us the server does not want. */
  sessionRefused: ourFault(
    "Session refused",
    "The mail server refuses to talk to us. Check SMTP_URL, and whether our address is blocked.",
  ),
  sessionDeferred: BUSY,
  malformedAddress: BAD_ADDRESS,
  malformedSender: ourFault("Sender malformed", "EMAIL_FROM is no mail address. Mend it."),
  noCredentials: LOGIN,
  notHandedOver: deferred(
    "Mail server not reached",
    "The mail server could not be reached, or hung up before the message was handed over. It is tried again.",
  ),
  outcomeUnknown: {
    kind: "unknown",
    statusDetails: "emailOutcomeUnknown",
    short: "Outcome unknown",
    long: "The connection ended after the message was handed over and before the mail server answered. Look in its log for the Message-ID before sending again.",
    finding: null,
  },
} as const satisfies Record<string, Meaning>;
