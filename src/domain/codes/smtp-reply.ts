import type { Meaning } from "./meaning.ts";
import { SMTP_CLASSES, SMTP_CODES } from "./smtp-codes.ts";
import { SMTP_WORDS } from "./smtp-words.ts";

/** A reply of a mail server: its code, its enhanced code and its words. */
export interface SmtpReply {
  readonly code: string;
  readonly enhancedCode: string | undefined;
  readonly text: string;
}

/** Reads the code, the enhanced code and the words of a reply, which may have several lines. */
export function readReply(response: string): SmtpReply {
  return {
    code: response.slice(0, 3),
    enhancedCode: /^\d{3}[ -](\d\.\d{1,3}\.\d{1,3})\b/mu.exec(response)?.[1],
    text: response.replaceAll(/^\d{3}[ -]?(\d\.\d{1,3}\.\d{1,3}\b)?/gmu, ""),
  };
}

/** The meaning of a reply about a recipient or a message, by its words, its codes, or its class alone. */
export function meaningOfReply({ code, enhancedCode, text }: SmtpReply): Meaning {
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

/** The words of a reply on one line, without quoted addresses, which may contain any word. */
const withoutAddresses = (text: string): string =>
  text.replaceAll(/<[^<>]*>|\S+@\S+/gu, "").replaceAll(/\s+/gu, " ");
