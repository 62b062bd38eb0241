import { type CountryCode, parsePhoneNumberFromString } from "libphonenumber-js";
import { numberText } from "../../domain/values/exact-json.ts";
import { cached, type Locale } from "./locale.ts";

/** The value cannot be written in this way. The message never contains the value. */
export class Unwritable extends Error {}

const listFormat = cached(
  (locale, type) => new Intl.ListFormat(locale, { type: type as Intl.ListFormatType }),
);
const pluralRules = cached(
  (locale, type) => new Intl.PluralRules(locale, { type: type as Intl.PluralRuleType }),
);

const VISIBLE = /[^\s\p{C}]/u;

/** Returns true for null, text without a visible character and an empty list, because each would leave a blank. */
export function isAbsent(value: unknown): boolean {
  if (value === null || value === undefined) return true;
  if (typeof value === "string") return !VISIBLE.test(value);
  return Array.isArray(value) && value.length === 0;
}

/** Writes text or a number unchanged. Throws Unwritable for anything else, which would read as `[object Object]` or `true`. */
export function writeText(value: unknown): string {
  if (isAbsent(value)) throw new Unwritable("is absent");
  if (typeof value === "string") return value;
  const number = numberText(value);
  if (number === undefined) throw new Unwritable("is neither text nor a number");
  return number;
}

/** Joins texts in the way of the language: "a, b, and c". */
export function writeList(
  values: unknown,
  type: "conjunction" | "disjunction",
  locale: Locale,
): string {
  if (!Array.isArray(values)) throw new Unwritable("is not a list");
  return listFormat(locale.tag, type).format(values.map(writeText));
}

/** Returns the plural form that a count needs: one, other, or a further form of the language. */
export function pluralForm(count: unknown, locale: Locale): Intl.LDMLPluralRule {
  const number = Number(writeText(count));
  if (!Number.isFinite(number)) throw new Unwritable("is not a count");
  return pluralRules(locale.tag, "cardinal").select(number);
}

/** Writes a phone number in national form, or in international form outside country code 1. */
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

/** Writes an http or https address as browsers read it. Throws Unwritable for other schemes and for credentials. */
export function writeUrl(value: unknown): string {
  const url = typeof value === "string" ? URL.parse(value) : null;
  if (url === null || !["http:", "https:"].includes(url.protocol))
    throw new Unwritable("is not an http or https address");
  if (url.username !== "" || url.password !== "")
    throw new Unwritable("is an address with credentials in it");
  return url.href;
}
