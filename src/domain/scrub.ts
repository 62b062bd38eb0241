const LONGEST_KEPT = 300;
/** Nobody's error text needs more, and it bounds the work of the patterns below. */
const LONGEST_READ = 2_000;

const CONTROL_OR_SPACE = /[\s\p{Cc}\p{Cf}]+/gu;
/** SMTP servers quote mailboxes so, with a domain or without; and HTML is no evidence. */
const ANGLE_BRACKETS = /<[^<>]*>/gu;
const EMAIL_ADDRESS = /[^\s<>"()[\],;:]+@[^\s<>"'()[\],;:]+/gu;
/** With a plus sign: masked digits count too, since Twilio writes some numbers as +1415555XXXX. */
const INTERNATIONAL_NUMBER = /\+\p{Nd}[\p{Nd}Xx*\s().\p{Pd}]{4,18}[\p{Nd}Xx*]/gu;
const NORTH_AMERICAN_NUMBER =
  /(?<!\p{Nd})(?:\(?\p{Nd}{3}\)?[\s.\p{Pd}]*)?\p{Nd}{3}[\s.\p{Pd}]\p{Nd}{4}(?!\p{Nd})/gu;
const LONG_DIGITS = /\p{Nd}{7,}/gu;
/** From the SMTP command on, which a server may repeat with our login behind it. */
const AFTER_AUTH = /\bAUTH\b.*/iu;
/** Base64 of twelve and more characters; a word in plain letters is left, such as "unsuccessful". */
const BASE64 = /(?<![\w+/=-])(?![A-Z]?[a-z]+(?![\w+/=-]))[A-Za-z0-9+/_-]{12,}={0,2}(?![\w+/=-])/gu;

/**
 * A provider's text as it may be kept: without email addresses, phone numbers, logins and the given words, personal ones and
 * credentials (in any case), on one line, at most 300 characters.
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

/** A text cut in the middle of a word loses that word: half an address is no longer recognised as one. */
function onOneLine(text: string): string {
  const read = text.length > LONGEST_READ ? text.slice(0, LONGEST_READ).replace(/\S*$/u, "") : text;
  return read.replaceAll(CONTROL_OR_SPACE, " ");
}

/** Words of their own: a borrower called Doe shall not take the "does" out of every text. */
function withoutWords(text: string, words: readonly string[]): string {
  const lower = text.toLowerCase();
  return (
    words
      // few texts name anybody, and an expression is dear to build
      .filter((word) => word.length > 2 && lower.includes(word.toLowerCase()))
      .toSorted((a, b) => b.length - a.length)
      .reduce((rest, word) => rest.replaceAll(literally(word), "[removed]"), text)
  );
}

const literally = (word: string): RegExp =>
  new RegExp(`(?<![\\p{L}\\p{N}])${RegExp.escape(word)}(?![\\p{L}\\p{N}])`, "giu");
