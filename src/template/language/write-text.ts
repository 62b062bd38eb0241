import { type CountryCode, parsePhoneNumberFromString } from "libphonenumber-js";
import { numberText } from "../../domain/exact-json.ts";
import { cached, type Reader } from "./locale.ts";

/** A value that cannot be written as asked. What it is never stands in the message. */
export class Unwritable extends Error {}

const listFormat = cached(
  (locale, type) => new Intl.ListFormat(locale, { type: type as Intl.ListFormatType }),
);
const pluralRules = cached(
  (locale, type) => new Intl.PluralRules(locale, { type: type as Intl.PluralRuleType }),
);

const VISIBLE = /[^\s\p{C}]/u;

/** Null, a text without a visible character and an empty list are absent: each would leave a blank. */
export function isAbsent(value: unknown): boolean {
  if (value === null || value === undefined) return true;
  if (typeof value === "string") return !VISIBLE.test(value);
  return Array.isArray(value) && value.length === 0;
}

/** A text or a number as it stands; anything else would read as `[object Object]` or `true`. */
export function writeText(value: unknown): string {
  if (isAbsent(value)) throw new Unwritable("is absent");
  if (typeof value === "string") return value;
  const number = numberText(value);
  if (number === undefined) throw new Unwritable("is neither text nor a number");
  return number;
}

/** Texts as a sentence has them: "a, b, and c". */
export function writeList(
  values: unknown,
  type: "conjunction" | "disjunction",
  reader: Reader,
): string {
  if (!Array.isArray(values)) throw new Unwritable("is not a list");
  return listFormat(reader.locale, type).format(values.map(writeText));
}

/** Which form of a noun goes with a count: one, other, and what else the language has. */
export function pluralForm(count: unknown, reader: Reader): Intl.LDMLPluralRule {
  const number = Number(writeText(count));
  if (!Number.isFinite(number)) throw new Unwritable("is not a count");
  return pluralRules(reader.locale, "cardinal").select(number);
}

/** A phone number as people of its country write it; abroad with its country code. */
export function writePhone(value: unknown): string {
  const written = typeof value === "string" ? phoneInWords(value, "US") : null;
  if (written === null) throw new Unwritable("is not a phone number");
  return written;
}

const phoneInWords = cached((value, home) => {
  const defaultCountry = home as CountryCode;
  const phone = parsePhoneNumberFromString(value, { defaultCountry, extract: false });
  if (!phone?.isPossible()) return null;
  return phone.countryCallingCode === "1" ? phone.formatNational() : phone.formatInternational();
});

/** A link that opens a web page and nothing else, as browsers read it: no `javascript:`, no credentials. */
export function writeUrl(value: unknown): string {
  const url = typeof value === "string" ? URL.parse(value) : null;
  if (url === null || !["http:", "https:"].includes(url.protocol))
    throw new Unwritable("is not an http or https address");
  if (url.username !== "" || url.password !== "")
    throw new Unwritable("is an address with credentials in it");
  return url.href;
}
