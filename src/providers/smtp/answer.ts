import type { Meaning, Seen } from "../answer/code-meaning.ts";
import { isCertificateFault, isHandshakeFault } from "../answer/tls-faults.ts";
import { SMTP_CLASSES, SMTP_CODES } from "./codes.ts";
import {
  BAD_ADDRESS,
  BUSY,
  CERTIFICATE,
  LOGIN,
  NO_TLS,
  NOT_HANDED_OVER,
  OUTCOME_UNKNOWN,
  SESSION_REFUSED,
} from "./meanings.ts";
import { SMTP_WORDS } from "./words.ts";

/** nodemailer's errors, as far as they are read. */
export interface SmtpFailure {
  readonly message: string;
  readonly code?: string | undefined;
  /** The name of the network error behind `code`. */
  readonly originalCode?: string | undefined;
  readonly command?: string | undefined;
  readonly responseCode?: number | undefined;
  readonly response?: string | undefined;
}

/** A reply of the server, its code, its enhanced code and its words apart. */
interface Reply {
  readonly code: string;
  readonly enhancedCode: string | undefined;
  readonly text: string;
}

export function readReply(response: string): Reply {
  return {
    code: response.slice(0, 3),
    enhancedCode: /^\d{3}[ -](\d\.\d{1,3}\.\d{1,3})\b/mu.exec(response)?.[1],
    text: response.replaceAll(/^\d{3}[ -]?(\d\.\d{1,3}\.\d{1,3}\b)?/gmu, ""),
  };
}

/**
 * What a failed delivery means. A refusal in words is believed wherever it came; without one the message is known not
 * to be sent only if nothing of it was handed over.
 */
export function readSmtpFailure(
  failure: SmtpFailure,
  handedOver: boolean,
): { meaning: Meaning; seen: Seen } {
  const { response = "", responseCode = 0, command = "" } = failure;
  // a 2xx or 3xx in an error answers something else
  if (responseCode >= 400 && responseCode <= 599) {
    const reply = readReply(response);
    const seen = { ...reply, retryAfterMs: readWait(reply.text) };
    const aboutRecipient = handedOver || command === "RCPT TO" || command === "DATA";
    return { meaning: aboutRecipient ? lookUp(seen) : lookUpSession(seen), seen };
  }
  const seen = { code: failure.originalCode ?? failure.code, text: response || failure.message };
  return { meaning: meaningOfSilence(failure, handedOver), seen };
}

/** Nobody has named a recipient yet: the reply is about us and can say nothing against the contact. */
function lookUpSession(reply: Reply): Meaning {
  const meaning = lookUp(reply);
  if (meaning.kind === "limited" || meaning.kind === "misconfigured") return meaning;
  return reply.code.startsWith("4") ? BUSY : SESSION_REFUSED;
}

function lookUp({ code, enhancedCode, text }: Reply): Meaning {
  const replyClass = code.charAt(0);
  const key = enhancedCode === undefined ? code : replyClass + enhancedCode.slice(1);
  const said = withoutAddresses(text);
  const worded = SMTP_WORDS.find(
    ({ words, unless, codes }) =>
      codes.test(key) && words.test(said) && unless?.test(said) !== true,
  );
  return (
    worded?.meaning ??
    SMTP_CODES[key] ??
    SMTP_CODES[code] ??
    SMTP_CODES[key.replace(/\d+$/u, "x")] ??
    (replyClass === "4" ? SMTP_CLASSES.transient : SMTP_CLASSES.permanent)
  );
}

const UNITS_MS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000 };
/** A server's word must not hold a message back for days. */
const LONGEST_WAIT_MS = 3_600_000;

/** The wait that a reply asks for in words, such as "Try again in 92 seconds" (ms); null where it names none. */
function readWait(text: string): number | null {
  const [, count, unit = ""] =
    /\b(?:again|retry|wait)\b[^.\d]{0,20}(\d{1,5}) ?(s|m|h)(?:ec|in|our|r)?\w*\b/iu.exec(text) ??
    [];
  const unitMs = UNITS_MS[unit.toLowerCase()];
  if (count === undefined || unitMs === undefined) return null;
  return Math.min(Number(count) * unitMs, LONGEST_WAIT_MS);
}

/** The words of a reply on one line. An address that is quoted may hold any word. */
const withoutAddresses = (text: string): string =>
  text.replaceAll(/<[^<>]*>|\S+@\S+/gu, "").replaceAll(/\s+/gu, " ");

function meaningOfSilence(failure: SmtpFailure, handedOver: boolean): Meaning {
  const { code, originalCode, command } = failure;
  if (handedOver) return OUTCOME_UNKNOWN;
  if (isCertificateFault(originalCode ?? code)) return CERTIFICATE;
  if (isHandshakeFault(originalCode ?? code)) return NO_TLS;
  // nodemailer itself refuses to write an address that would break out of the command
  if (code === "EENVELOPE" && command === "API") return BAD_ADDRESS;
  if (code === "EAUTH") return LOGIN;
  return NOT_HANDED_OVER;
}
