import type { ContactFinding, Limit } from "../provider-answer.ts";
import type { FaultScope, Meaning } from "./meaning.ts";
import { HOUR_MS, MINUTE_MS, SECOND_MS } from "../values/durations.ts";

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
const limited = (limit: Limit, retryAfterMs: number, short: string, long: string): Meaning => ({
  kind: "limited",
  limit,
  statusDetails: "emailDeferred",
  short,
  long,
  finding: null,
  retryAfterMs,
});
const ourFault = (short: string, long: string, scope: FaultScope = "account"): Meaning => ({
  kind: "misconfigured",
  scope,
  statusDetails: "emailDeferred",
  short,
  long,
  finding: null,
});

const GET_ANOTHER = "Get another address from the borrower.";
const RETRIED = "Nothing to do: it is tried again.";

export const NO_MAILBOX = bounced(
  "No such mailbox",
  `The receiving server knows no such mailbox. ${GET_ANOTHER}`,
  "invalid",
);
export const NO_DOMAIN = bounced(
  "No such domain",
  `The part after the @ takes no mail. ${GET_ANOTHER}`,
  "invalid",
);
export const BAD_ADDRESS = bounced(
  "Address malformed",
  "The receiving server cannot read the address. Look for a typing error in it, or check it with the borrower.",
  "invalid",
);
export const MOVED = bounced(
  "Mailbox moved",
  `The mailbox moved and left no forwarding address. ${GET_ANOTHER}`,
  "invalid",
);
export const DISABLED = bounced(
  "Mailbox disabled",
  `The mailbox exists no longer or was switched off. ${GET_ANOTHER}`,
  "invalid",
);
export const NEW_OWNER = bounced(
  "Mailbox changed hands",
  "The address now belongs to another person. Stop using it, and review what was sent to it.",
  "invalid",
);
export const NO_ROUTE_TO_DOMAIN = bounced(
  "No route",
  "No server takes mail for the domain of the address. Check the domain with the borrower.",
);
export const TOO_LARGE = bounced(
  "Message too large",
  "The receiving server takes no message of this size. Make the template smaller.",
);
export const REFUSES_MAIL = bounced(
  "Server takes no mail",
  `The receiving server takes no mail for this address. ${GET_ANOTHER}`,
);
export const LOOP = bounced(
  "Mail loop",
  "The receiving side forwards the message in a circle. Use another address.",
);
export const WAITED_TOO_LONG = bounced(
  "Waited too long",
  "The mail server kept the message in its queue until it gave up. Send the notice again.",
);
export const CONTENT = bounced(
  "Content refused",
  "The receiving server cannot accept the form of the message. Have the template checked.",
);
export const POLICY = bounced(
  "Refused as spam or by policy",
  "The receiving server's policy refuses the message. Check the template's wording and the sender's reputation.",
);
export const GONE_FOR_GOOD = bounced(
  "Refused permanently",
  "The receiving server refuses the message permanently. The provider's text may say why.",
);
export const COMMAND = bounced(
  "Command refused",
  "The receiving server does not understand us. Report the provider's text: it may be a fault of Tidings.",
);

export const BUSY = deferred(
  "Server not ready",
  `The mail server cannot accept the message now. ${RETRIED}`,
);
export const GREYLISTED = deferred(
  "Greylisted",
  `The receiving server refuses the first attempt of an unknown sender. ${RETRIED}`,
);
export const MAILBOX_BUSY = deferred(
  "Mailbox not ready",
  `The borrower's mailbox takes no more mail just now. ${RETRIED}`,
);
export const MAILBOX_FULL = deferred(
  "Mailbox full",
  "The borrower's mailbox is full. It is tried again; use another channel if it stays so.",
);
export const NO_ROUTE = deferred(
  "No route",
  `The receiving server cannot be found at the moment. ${RETRIED}`,
);
export const OUT_OF_STEP = deferred(
  "Session out of step",
  `The mail server sent more answers than it got commands. ${RETRIED}`,
);
export const NOT_HANDED_OVER = deferred(
  "Mail server not reached",
  "The mail server could not be reached, or closed the connection before the message was handed over. It is tried again.",
);

export const SLOW_DOWN = limited(
  "rate",
  MINUTE_MS,
  "Sending too fast",
  "The mail server asks for fewer messages. Lower EMAIL_CONNECTIONS or set EMAIL_PER_SECOND if this continues.",
);
export const THROTTLED: Meaning = { ...SLOW_DOWN, retryAfterMs: 2 * SECOND_MS };
export const TOO_MANY_CONNECTIONS = limited(
  "connections",
  2 * SECOND_MS,
  "Too many connections",
  "The mail server allows fewer connections at once. Fewer are opened from now on; lower EMAIL_CONNECTIONS.",
);
export const QUOTA = limited(
  "quota",
  HOUR_MS,
  "Sending quota used up",
  "The account may send no more for now. Request a larger quota from the mail provider.",
);
export const DAILY_QUOTA = limited(
  "quota",
  6 * HOUR_MS,
  "Daily quota used up",
  "The account may send no more today. Request a larger quota from the mail provider.",
);

export const LOGIN = ourFault(
  "Login refused",
  "The mail server refuses our user name or password, or allows no login. Correct SMTP_URL.",
);
export const ACCOUNT = ourFault(
  "Account refused",
  "The mail provider does not let our account send. Look for its notice in the provider's console, and check payment and approval.",
);
export const SENDER = ourFault(
  "Sender refused",
  "The mail server does not let us send from this address. Check EMAIL_FROM and what the account may send.",
  "sender",
);
export const RELAY = ourFault(
  "Relaying refused",
  "The mail server does not take mail for other domains from us. Check SMTP_URL and what the account may send.",
);
export const BLOCKED = ourFault(
  "Our address blocked",
  "The mail server refuses our network address for its reputation. Have it taken off the block list that the provider's text names.",
  "sender",
);
export const GREETING_NAME = ourFault(
  "Greeting name refused",
  "The mail server refuses the host name we greet it with. Set `name` in SMTP_URL to a name that resolves to our address.",
  "sender",
);
export const TLS_REQUIRED = ourFault(
  "TLS required",
  "The mail server takes mail over TLS only. Use smtps://, or requireTLS=true in SMTP_URL.",
);
export const AUTHENTICATION = ourFault(
  "Sender not authenticated",
  "SPF, DKIM, DMARC, TLS or reverse DNS of the sending domain does not meet the receivers' requirements. Correct the domain's records.",
  "sender",
);
export const CERTIFICATE = ourFault(
  "Certificate not accepted",
  "The mail server's certificate is not trusted, has expired or is for another host. Renew it, correct the host in SMTP_URL, or name a private authority in NODE_EXTRA_CA_CERTS.",
);
export const NO_TLS = ourFault(
  "TLS not possible",
  "The mail server speaks no TLS on this port, or none that we accept. Check the scheme and the port in SMTP_URL.",
);
/** Refused before a recipient was named: the server refuses us. */
export const SESSION_REFUSED = ourFault(
  "Session refused",
  "The mail server refuses to talk to us. Check SMTP_URL, and whether our address is blocked.",
);
export const MALFORMED_SENDER = ourFault(
  "Sender malformed",
  "EMAIL_FROM is not an email address. Correct it.",
);

export const OUTCOME_UNKNOWN: Meaning = {
  kind: "unknown",
  statusDetails: "emailOutcomeUnknown",
  short: "Outcome unknown",
  long: "The connection ended after the message was handed over and before the mail server answered. Look in its log for the Message-ID before sending again.",
  finding: null,
};
