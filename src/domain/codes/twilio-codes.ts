import type { ContactFinding, Limit } from "../provider-answer.ts";
import type { FaultScope, Meaning } from "./meaning.ts";

const failed = (short: string, long: string, finding: ContactFinding | null = null): Meaning => ({
  kind: "refused",
  statusDetails: "textFailed",
  short,
  long,
  finding,
});
const undelivered = (
  short: string,
  long: string,
  finding: ContactFinding | null = null,
): Meaning => ({
  ...failed(short, long, finding),
  statusDetails: "textUndelivered",
});
const notNow = (short: string, long: string, minutes?: number): Meaning => ({
  kind: "unavailable",
  statusDetails: "textUndelivered",
  short,
  long,
  finding: null,
  ...(minutes !== undefined && { retryAfterMs: minutes * 60_000 }),
});
const limited = (limit: Limit, short: string, long: string, minutes?: number): Meaning => ({
  ...notNow(short, long, minutes),
  kind: "limited",
  limit,
});
const ourFault = (short: string, long: string, scope: FaultScope = "account"): Meaning => ({
  kind: "misconfigured",
  scope,
  statusDetails: "textFailed",
  short,
  long,
  finding: null,
});

const RETRIED = "Nothing to do: it is tried again.";
const OTHER_CHANNEL = "Use another channel, or get another number from the borrower.";
const FIX_TEMPLATE = "Correct the template.";

const NO_TEXTS = failed(
  "Takes no texts",
  `The number takes no text messages. ${OTHER_CHANNEL}`,
  "notTextable",
);
const BAD_BODY = failed(
  "Body refused",
  `Twilio refuses the text itself: it is empty or over 1,600 characters. ${FIX_TEMPLATE}`,
);
const BAD_REQUEST = failed(
  "Request refused",
  "Twilio cannot accept this request. The provider's text has the reason.",
);
const REGION = failed(
  "Country not enabled",
  "The account may not text this country. Enable it under Geo Permissions in the Twilio console, or use another channel.",
);
const OUR_OWN_NUMBER = failed(
  "Our own number",
  "The contact's number is the one we send from. Get another number from the borrower.",
  "invalid",
);
const ACCOUNT = ourFault(
  "Account refused",
  "Twilio refuses our account. Check TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN, and the account's balance and status.",
);
const SENDER = ourFault(
  "Sender refused",
  "Twilio does not let us send from this number. Check TWILIO_FROM, and that the number is the account's and can send texts.",
  "sender",
);
const US = ourFault(
  "Account or sender refused",
  "Twilio refuses our account, our sender or its registration. The provider's text says which; check the TWILIO_ variables.",
);
const SERVICE = ourFault(
  "Messaging service refused",
  "Twilio cannot send through the messaging service. Check TWILIO_MESSAGING_SERVICE_SID and that the service has a number.",
  "sender",
);
const UNREGISTERED = ourFault(
  "Sender not registered",
  "Carriers take texts only from registered numbers. Finish the 10DLC or toll-free registration in the Twilio console.",
  "sender",
);
const SCHEDULING = ourFault(
  "Scheduling refused",
  "Twilio refuses a scheduling parameter we do not mean to send. Report it as a fault of Tidings.",
);
const TOO_MANY_REQUESTS = limited(
  "rate",
  "Too many requests",
  "Twilio asks for fewer requests. Lower TEXT_CONNECTIONS if this continues.",
);
const TOO_MANY_AT_ONCE = limited(
  "connections",
  "Too many requests at once",
  "Twilio allows fewer requests at once. Fewer are made from now on; lower TEXT_CONNECTIONS.",
);
const DAILY_CAP = limited(
  "quota",
  "Daily cap reached",
  "The carrier's daily cap is used up. Sending continues when the carrier's day ends, at midnight in Los Angeles.",
  60,
);
const CARRIER_BUSY = notNow(
  "Carrier not ready",
  `The carrier could not accept the text. ${RETRIED}`,
  10,
);
const UNKNOWN: Meaning = {
  kind: "unknown",
  statusDetails: "textOutcomeUnknown",
  short: "Outcome unknown",
  long: "Twilio may have accepted the text. Look for it in Twilio's message log, by number and time, before sending again.",
  finding: null,
};

const rows = (codes: readonly number[], meaning: Meaning): Record<number, Meaning> =>
  Object.fromEntries(codes.map((code) => [code, meaning]));

/** Twilio's error codes, both for refused requests and for later status callbacks. */
export const TWILIO_CODES: Readonly<Record<number, Meaning>> = {
  14107: failed(
    "Reply loop",
    "Twilio stopped a loop of automatic replies. Find out which program answers at the number.",
  ),
  ...rows([10001, 20003, 20005, 20006, 20008, 20403, 70051, 90010], ACCOUNT),
  20404: ourFault(
    "Not found at Twilio",
    "Twilio has no resource at this address. Check TWILIO_ACCOUNT_SID and TWILIO_API_URL.",
  ),
  20429: TOO_MANY_REQUESTS,
  20500: UNKNOWN,
  20503: UNKNOWN,
  21211: failed(
    "Number invalid",
    "Twilio says this is no phone number. Get another number from the borrower.",
    "invalid",
  ),
  21217: failed(
    "Number invalid",
    "Twilio says this is no phone number. Get another number from the borrower.",
    "invalid",
  ),
  // split from 21211, 21212, 21606 and 21614 in July 2024: 21265, 21266, 21659, 21660 and 21661
  21265: NO_TEXTS,
  21266: OUR_OWN_NUMBER,
  ...rows([14108, 21212, 21601, 21603, 21606, 21607, 21616, 21659, 21660, 21661, 30042], SENDER),
  21408: REGION,
  21602: BAD_BODY,
  21604: failed("No number given", "Twilio was given no number to text. Check the contact."),
  21608: failed(
    "Trial account",
    "A trial account texts verified numbers only. Upgrade the account or verify the number.",
  ),
  21610: {
    ...failed(
      "Opted out",
      "The borrower sent STOP to our number. Do not text this number until the borrower sends START.",
      "optedOut",
    ),
    statusDetails: "textOptedOut",
  },
  21611: notNow(
    "Sender's queue full",
    `Our number has more queued at Twilio than it can send in time. ${RETRIED}`,
    15,
  ),
  21612: NO_TEXTS,
  21614: failed(
    "Not a mobile number",
    `The number is not a mobile number. ${OTHER_CHANNEL}`,
    "notTextable",
  ),
  21617: BAD_BODY,
  21618: BAD_BODY,
  21619: BAD_BODY,
  21624: SCHEDULING,
  21635: failed("Landline", `The number is a landline. ${OTHER_CHANNEL}`, "notTextable"),
  30127: SERVICE,
  30001: notNow("Queue overflow", `Our number's queue at Twilio overflowed. ${RETRIED}`, 10),
  30002: ACCOUNT,
  30003: notNow(
    "Handset not reached",
    `The phone is off, out of reach, or takes no texts. ${RETRIED}`,
    30,
  ),
  30004: undelivered(
    "Message blocked",
    `The carrier or the phone blocks our texts. ${OTHER_CHANNEL}`,
  ),
  // unknown for texts; the number may still accept calls
  30005: undelivered(
    "Number unknown",
    `The carrier knows no such number. ${OTHER_CHANNEL}`,
    "notTextable",
  ),
  // two causes, of which only the landline is about the number
  30006: undelivered(
    "Landline or unreachable",
    `The number is a landline, or its carrier cannot be reached. ${OTHER_CHANNEL}`,
  ),
  30007: undelivered(
    "Filtered",
    "The carrier filtered the text as spam. Look at the template's wording and at the campaign's registration.",
  ),
  30008: notNow(
    "Carrier's unknown error",
    `The carrier did not deliver and gave no reason. ${RETRIED}`,
    30,
  ),
  30010: failed(
    "Price over the limit",
    "The text costs more than the request allows. Report it as a fault of Tidings.",
  ),
  30011: failed("No pictures", "The carrier takes no picture messages. Send it as plain text."),
  30017: CARRIER_BUSY,
  30018: UNREGISTERED,
  30020: CARRIER_BUSY,
  30022: limited(
    "rate",
    "Carrier's rate limit",
    "The carrier asks for fewer texts. Set TEXT_PER_SECOND if this continues.",
    1,
  ),
  30023: DAILY_CAP,
  30024: UNREGISTERED,
  30027: DAILY_CAP,
  30032: UNREGISTERED,
  30033: UNREGISTERED,
  30034: UNREGISTERED,
  30035: notNow(
    "Sender being set up",
    `Our number is still being configured at Twilio. ${RETRIED}`,
    60,
  ),
  30036: notNow("Expired in the queue", `The text waited too long at Twilio. ${RETRIED}`),
  30047: CARRIER_BUSY,
  30410: CARRIER_BUSY,
  30450: notNow(
    "Blocked as pumping",
    `Twilio's fraud guard blocks texts to numbers like this for half an hour. ${RETRIED}`,
    30,
  ),
  30610: notNow(
    "Quiet hours",
    "Twilio's quiet hours blocked the text. Check the borrower's time zone; it is tried again.",
    60,
  ),
  35111: SCHEDULING,
  35114: SCHEDULING,
  35115: SCHEDULING,
  35117: SCHEDULING,
  35118: SCHEDULING,
  35125: SCHEDULING,
  35126: SCHEDULING,
  60005: undelivered("Carrier error", `The carrier did not deliver. ${OTHER_CHANNEL}`),
  63038: limited(
    "quota",
    "Daily limit of the account",
    "The account may send no more today. Request a higher daily limit from Twilio.",
    60,
  ),
};

/** The meaning of a message status that is a failure without a code. */
export const TWILIO_FAILURES: Readonly<Record<string, Meaning>> = {
  failed: failed(
    "Not sent",
    "Twilio took the text and could not send it. Look for it in Twilio's message log.",
  ),
  undelivered: undelivered(
    "Not delivered",
    `The carrier did not deliver the text and gave no reason. ${OTHER_CHANNEL}`,
  ),
  canceled: {
    ...failed(
      "Canceled at Twilio",
      "The text was canceled at Twilio before it was sent. Send the notice again if it must go out.",
    ),
    statusDetails: "textCanceled",
  },
};

const NOT_DELIVERED = undelivered(
  "Not delivered",
  "The carrier did not deliver the text. Twilio's error dictionary explains the code.",
);

/** Twilio's words for faults of ours. Twilio splits codes now and then, so a new one is recognized by its words. */
const OURS =
  /\bfrom\b|\bsender|\baccount|messaging ?service|credential|auth ?token|balance|funds|\bcampaign|\bbrand\b|unregistered/iu;
const THE_RECIPIENTS = /(?:^|\W)to\b['’" ]|recipient|handset|subscriber/iu;

/**
 * The meaning of a code: that of its row, otherwise that of its range (217xx are about messaging services, 30xxx come
 * from carriers) or of Twilio's words. Otherwise the request is refused.
 */
export function meaningOfTwilioCode(code: number, message = ""): Meaning {
  const row = TWILIO_CODES[code];
  if (row !== undefined) return row;
  if (code >= 21_700 && code < 21_800) return SERVICE;
  if (OURS.test(message) && !THE_RECIPIENTS.test(message)) return US;
  return code >= 30_000 && code < 31_000 ? NOT_DELIVERED : BAD_REQUEST;
}

/** The meaning of Twilio's 429: in general, or for more concurrent requests than the account may make. */
export const meaningOfTooMany = (message: string): Meaning =>
  /concurren|simultaneous|at once/iu.test(message) ? TOO_MANY_AT_ONCE : TOO_MANY_REQUESTS;

/** The meaning of an answer without a Twilio code. */
export const TWILIO_SILENCE = {
  notReached: {
    ...notNow("Twilio not reached", `Twilio could not be reached; nothing was sent. ${RETRIED}`),
    statusDetails: "textFailed",
  },
  certificate: ourFault(
    "Certificate not accepted",
    "The certificate of Twilio's host, or of a proxy in between, is not trusted, has expired or is for another host. Check TWILIO_API_URL, the proxy and NODE_EXTRA_CA_CERTS.",
  ),
  noTls: ourFault(
    "TLS not possible",
    "Twilio's host, or a proxy in between, speaks no TLS that we accept. Check TWILIO_API_URL and the network.",
  ),
  /** A 4xx in other words than Twilio's: from a proxy or a firewall, so it says nothing about the number. */
  notTwilio: {
    ...notNow(
      "Answer not from Twilio",
      "Something between us and Twilio refused the request. Check TWILIO_API_URL and the network; it is tried again.",
    ),
    statusDetails: "textFailed",
  },
  refusedAccess: ourFault(
    "Access refused",
    "Twilio, or something between us and Twilio, refuses every request. Check the TWILIO_ variables and the network.",
  ),
  clientFault: ourFault(
    "Request not made",
    "The Twilio client refuses our settings. Check the TWILIO_ variables.",
  ),
  outcomeUnknown: UNKNOWN,
} as const satisfies Record<string, Meaning>;
