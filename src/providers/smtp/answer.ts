import type { Meaning } from "../../domain/codes/meaning.ts";
import { meaningOfReply, readReply, type SmtpReply } from "../../domain/codes/smtp-reply.ts";
import type { Seen } from "../answer/code-meaning.ts";
import { isCertificateFault, isHandshakeFault } from "../answer/tls-faults.ts";
import {
  BAD_ADDRESS,
  BUSY,
  CERTIFICATE,
  LOGIN,
  NO_TLS,
  NOT_HANDED_OVER,
  OUTCOME_UNKNOWN,
  SESSION_REFUSED,
} from "../../domain/codes/smtp-meanings.ts";

/** The fields of nodemailer's errors that are used. */
export interface SmtpFailure {
  readonly message: string;
  readonly code?: string | undefined;
  /** The name of the network error behind `code`. */
  readonly originalCode?: string | undefined;
  readonly command?: string | undefined;
  readonly responseCode?: number | undefined;
  readonly response?: string | undefined;
}

/**
 * Returns the meaning of a failed delivery. An SMTP reply that refuses is believed at every step. Without a reply, the
 * message is known as not sent only if nothing of it was handed over.
 */
export function readSmtpFailure(
  failure: SmtpFailure,
  handedOver: boolean,
): { meaning: Meaning; seen: Seen } {
  const { response = "", responseCode = 0, command = "" } = failure;
  // a 2xx or 3xx in an error answers another command
  if (responseCode >= 400 && responseCode <= 599) {
    const reply = readReply(response);
    const seen = { ...reply, retryAfterMs: readWait(reply.text) };
    const aboutRecipient = handedOver || command === "RCPT TO" || command === "DATA";
    return { meaning: aboutRecipient ? meaningOfReply(seen) : lookUpSession(seen), seen };
  }
  const seen = { code: failure.originalCode ?? failure.code, text: response || failure.message };
  return { meaning: meaningOfSilence(failure, handedOver), seen };
}

/** No recipient has been named yet, so the reply is about us and says nothing about the contact. */
function lookUpSession(reply: SmtpReply): Meaning {
  const meaning = meaningOfReply(reply);
  if (meaning.kind === "limited" || meaning.kind === "misconfigured") return meaning;
  return reply.code.startsWith("4") ? BUSY : SESSION_REFUSED;
}

const UNITS_MS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000 };
/** A server must not delay a message for days. */
const LONGEST_WAIT_MS = 3_600_000;

/** The wait (ms) that a reply asks for in words, such as "Try again in 92 seconds"; null if it names none. */
function readWait(text: string): number | null {
  const [, count, unit = ""] =
    /\b(?:again|retry|wait)\b[^.\d]{0,20}(\d{1,5}) ?(s|m|h)(?:ec|in|our|r)?\w*\b/iu.exec(text) ??
    [];
  const unitMs = UNITS_MS[unit.toLowerCase()];
  if (count === undefined || unitMs === undefined) return null;
  return Math.min(Number(count) * unitMs, LONGEST_WAIT_MS);
}

function meaningOfSilence(failure: SmtpFailure, handedOver: boolean): Meaning {
  const { code, originalCode, command } = failure;
  if (handedOver) return OUTCOME_UNKNOWN;
  if (isCertificateFault(originalCode ?? code)) return CERTIFICATE;
  if (isHandshakeFault(originalCode ?? code)) return NO_TLS;
  // nodemailer itself rejects an address that would break out of the command
  if (code === "EENVELOPE" && command === "API") return BAD_ADDRESS;
  if (code === "EAUTH") return LOGIN;
  return NOT_HANDED_OVER;
}
