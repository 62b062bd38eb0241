const LONGEST_KEPT = 300;
/** No useful error text is longer, and it limits the work of the patterns below. */
const LONGEST_READ = 2_000;

const CONTROL_OR_SPACE = /[\s\p{Cc}\p{Cf}]+/gu;
/** SMTP servers quote mailboxes in this form, with a domain or without. HTML in the text is not needed as evidence. */
const ANGLE_BRACKETS = /<[^<>]*>/gu;
const EMAIL_ADDRESS = /[^\s<>"()[\],;:]+@[^\s<>"'()[\],;:]+/gu;
/** With a plus sign. Masked digits count too, because Twilio writes some numbers as +1415555XXXX. */
const INTERNATIONAL_NUMBER = /\+\p{Nd}[\p{Nd}Xx*\s().\p{Pd}]{4,18}[\p{Nd}Xx*]/gu;
const NORTH_AMERICAN_NUMBER =
  /(?<!\p{Nd})(?:\(?\p{Nd}{3}\)?[\s.\p{Pd}]*)?\p{Nd}{3}[\s.\p{Pd}]\p{Nd}{4}(?!\p{Nd})/gu;
const LONG_DIGITS = /\p{Nd}{7,}/gu;
/** Everything after the SMTP command AUTH, because a server may repeat our login there. */
const AFTER_AUTH = /\bAUTH\b.*/iu;
/** Base64 of twelve or more characters. A word of plain letters, such as "unsuccessful", stays. */
const BASE64 = /(?<![\w+/=-])(?![A-Z]?[a-z]+(?![\w+/=-]))[A-Za-z0-9+/_-]{12,}={0,2}(?![\w+/=-])/gu;

/**
 * Makes a provider's text safe to store: without email addresses, phone numbers, logins and the given personal words
 * and credentials (in any case), on one line, at most 300 characters.
 */
export function scrub(text: string, personal: readonly string[] = []): string {
  return withoutWords(onOneLine(text), personal)
    .replace(AFTER_AUTH, (rest) => rest.replaceAll(BASE64, "[removed]"))
    .replaceAll(ANGLE_BRACKETS, "[address]")
    .replaceAll(EMAIL_ADDRESS, "[address]")
    .replaceAll(INTERNATIONAL_NUMBER, "[number]")
    .replaceAll(NORTH_AMERICAN_NUMBER, "[number]")
    .replaceAll(LONG_DIGITS, "[number]")
    .slice(0, LONGEST_KEPT)
    .toWellFormed()
    .trim();
}

/** A text that was cut inside a word loses that word: half an address would not be recognized. */
function onOneLine(text: string): string {
  const read = text.length > LONGEST_READ ? text.slice(0, LONGEST_READ).replace(/\S*$/u, "") : text;
  return read.replaceAll(CONTROL_OR_SPACE, " ");
}

/** Whole words only: a borrower called Doe must not remove "does" from every text. */
function withoutWords(text: string, words: readonly string[]): string {
  const lower = text.toLowerCase();
  return (
    words
      // few texts contain a name, and building an expression is expensive
      .filter((word) => word.length > 2 && lower.includes(word.toLowerCase()))
      .toSorted((a, b) => b.length - a.length)
      .reduce((rest, word) => rest.replaceAll(literally(word), "[removed]"), text)
  );
}

const literally = (word: string): RegExp =>
  new RegExp(`(?<![\\p{L}\\p{N}])${RegExp.escape(word)}(?![\\p{L}\\p{N}])`, "giu");
