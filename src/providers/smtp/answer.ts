import type { Meaning, Seen } from "../answer/code-meaning.ts";
import { SMTP_CLASSES, SMTP_CODES, SMTP_SILENCE, SMTP_WORDS } from "./codes.ts";

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
    const seen = readReply(response);
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
  return reply.code.startsWith("4") ? SMTP_SILENCE.sessionDeferred : SMTP_SILENCE.sessionRefused;
}

function lookUp({ code, enhancedCode, text }: Reply): Meaning {
  const replyClass = code.charAt(0);
  const key = enhancedCode === undefined ? code : replyClass + enhancedCode.slice(1);
  const worded = SMTP_WORDS.find(({ words, codes }) => codes.test(key) && words.test(text));
  return (
    worded?.meaning ??
    SMTP_CODES[key] ??
    SMTP_CODES[code] ??
    SMTP_CODES[key.replace(/\d+$/u, "x")] ??
    (replyClass === "4" ? SMTP_CLASSES.transient : SMTP_CLASSES.permanent)
  );
}

function meaningOfSilence({ code, command }: SmtpFailure, handedOver: boolean): Meaning {
  if (handedOver) return SMTP_SILENCE.outcomeUnknown;
  // nodemailer itself refuses to write an address that would break out of the command
  if (code === "EENVELOPE" && command === "API") return SMTP_SILENCE.malformedAddress;
  if (code === "EAUTH") return SMTP_SILENCE.noCredentials;
  return SMTP_SILENCE.notHandedOver;
}
