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
    return { meaning: aboutRecipient ? meaningOfReply(seen) : lookUpSession(seen), seen };
  }
  const seen = { code: failure.originalCode ?? failure.code, text: response || failure.message };
  return { meaning: meaningOfSilence(failure, handedOver), seen };
}

/** Nobody has named a recipient yet: the reply is about us and can say nothing against the contact. */
function lookUpSession(reply: SmtpReply): Meaning {
  const meaning = meaningOfReply(reply);
  if (meaning.kind === "limited" || meaning.kind === "misconfigured") return meaning;
  return reply.code.startsWith("4") ? BUSY : SESSION_REFUSED;
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
