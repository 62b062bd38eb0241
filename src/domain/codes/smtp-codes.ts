import type { Meaning } from "./meaning.ts";
import {
  ACCOUNT,
  AUTHENTICATION,
  BAD_ADDRESS,
  BLOCKED,
  BUSY,
  COMMAND,
  CONTENT,
  DAILY_QUOTA,
  DISABLED,
  GONE_FOR_GOOD,
  GREETING_NAME,
  GREYLISTED,
  LOGIN,
  LOOP,
  MAILBOX_BUSY,
  MAILBOX_FULL,
  MOVED,
  NEW_OWNER,
  NO_DOMAIN,
  NO_MAILBOX,
  NO_ROUTE,
  NO_ROUTE_TO_DOMAIN,
  OUT_OF_STEP,
  POLICY,
  REFUSES_MAIL,
  RELAY,
  SENDER,
  SLOW_DOWN,
  TLS_REQUIRED,
  TOO_LARGE,
  WAITED_TOO_LONG,
} from "./smtp-meanings.ts";

/** Details of enhanced codes x.7.y about the sending domain's records: RFC 7372, and those of Gmail and Outlook. */
const AUTHENTICATION_DETAILS = [20, 23, 24, 25, 26, 27, 29, 30, 31, 32, 40, 509, 515] as const;

const both = (codes: readonly string[], meaning: Meaning): Record<string, Meaning> =>
  Object.fromEntries(
    codes.flatMap((code) => [
      [`4.${code}`, meaning],
      [`5.${code}`, meaning],
    ]),
  );

/**
 * The meaning of a reply, by enhanced status code (RFC 3463), reply code (RFC 5321), or the enhanced code's subject
 * alone. The first digit of an enhanced code is that of the reply: the reply's class decides whether to try again, and
 * the enhanced code only why. Gmail sends `421 5.7.32`, for example.
 */
export const SMTP_CODES: Readonly<Record<string, Meaning>> = {
  "5.1.1": NO_MAILBOX,
  "5.1.2": NO_DOMAIN,
  "5.1.3": BAD_ADDRESS,
  "5.1.6": MOVED,
  ...both(["1.7", "1.8"], SENDER),
  // RFC 7505, null MX
  "5.1.10": NO_DOMAIN,
  // Exchange Online: the sending mailbox has reached its daily limit of recipients
  "5.1.90": DAILY_QUOTA,
  "5.2.1": DISABLED,
  // RFC 3463 itself treats a full mailbox as a temporary condition
  "5.2.2": MAILBOX_FULL,
  "5.2.3": TOO_LARGE,
  // Exchange Online throttles a sender who repeats an error; 252 is for sending as another user
  "5.2.252": SENDER,
  ...Object.fromEntries([251, 253, 254, 255].map((detail) => [`5.2.${detail}`, ACCOUNT])),
  "5.3.0": REFUSES_MAIL,
  "5.3.2": REFUSES_MAIL,
  "5.3.4": TOO_LARGE,
  "5.4.4": NO_ROUTE_TO_DOMAIN,
  // Gmail's daily limit of the sending account
  "5.4.5": DAILY_QUOTA,
  "5.4.6": LOOP,
  "5.4.7": WAITED_TOO_LONG,
  "5.5.1": OUT_OF_STEP,
  "5.5.x": COMMAND,
  "5.6.x": CONTENT,
  "5.7.x": POLICY,
  "5.7.13": DISABLED,
  // RFC 7293
  "5.7.17": NEW_OWNER,
  "5.7.18": NEW_OWNER,
  // RFC 4954 and Gmail: the login is missing, wrong or of a forbidden kind
  ...both(["7.8", "7.9", "7.14", "7.57", "7.139"], LOGIN),
  // Exchange: may not be relayed, or not sent as this sender
  "5.7.54": RELAY,
  "5.7.60": SENDER,
  "5.7.64": RELAY,
  "5.7.506": GREETING_NAME,
  // Exchange Online: banned senders and addresses, and a tenant that sends too much or from unregistered domains
  ...Object.fromEntries([501, 502, 503, 508, 511].map((detail) => [`5.7.${detail}`, BLOCKED])),
  "5.7.705": ACCOUNT,
  "5.7.708": BLOCKED,
  "5.7.750": SENDER,
  "4.2.0": GREYLISTED,
  "4.2.1": MAILBOX_BUSY,
  "4.2.2": MAILBOX_FULL,
  "4.4.x": NO_ROUTE,
  "4.4.2": BUSY,
  "4.4.5": BUSY,
  "4.5.3": SLOW_DOWN,
  "4.7.1": GREYLISTED,
  "4.7.28": SLOW_DOWN,
  ...both(
    AUTHENTICATION_DETAILS.map((detail) => `7.${detail}`),
    AUTHENTICATION,
  ),
  "500": COMMAND,
  "501": BAD_ADDRESS,
  "502": COMMAND,
  "503": OUT_OF_STEP,
  "504": COMMAND,
  // RFC 7504: this host or domain accepts no mail at all
  "521": NO_DOMAIN,
  // RFC 4954
  "530": LOGIN,
  "534": LOGIN,
  "535": LOGIN,
  // RFC 3207 in some servers: encryption is required for the login
  "538": TLS_REQUIRED,
  "556": NO_DOMAIN,
};

/** The meaning of a reply that the table does not have: that of its class. */
export const SMTP_CLASSES = { transient: BUSY, permanent: GONE_FOR_GOOD } as const;
