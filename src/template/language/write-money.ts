import { numberText } from "../../domain/values/exact-json.ts";
import { cached, type Locale } from "./locale.ts";
import { Unwritable } from "./write-text.ts";

const dollars = cached(
  // "negative" writes -0.00 of a core system as $0.00.
  (locale, currency) =>
    new Intl.NumberFormat(locale, { style: "currency", currency, signDisplay: "negative" }),
);
const AMOUNT = /^-?\d{1,15}(?:\.\d{1,2}0*)?$/;
const CENTS = /^(-?)(\d{1,15})$/;

/**
 * Writes an exact amount of US dollars. A decimal string is in dollars; for a JSON number the template must give the unit,
 * because 125050 may be dollars or cents. Throws Unwritable for fractions of a cent; it never rounds.
 */
export function writeMoney(value: unknown, unit: string | undefined, locale: Locale): string {
  const number = numberText(value);
  if (number !== undefined && unit === undefined)
    throw new Unwritable('is a number: say unit="cents" or unit="dollars"');
  const written = number ?? String(value).trim();
  const amount = unit === "cents" ? fromCents(written) : written;
  if (!AMOUNT.test(amount)) throw new Unwritable("is not an amount in dollars and cents");
  return dollars(locale.tag, "USD").format(amount as Intl.StringNumericLiteral);
}

function fromCents(written: string): string {
  const [, sign = "", figures = ""] = CENTS.exec(written) ?? [];
  if (figures === "") throw new Unwritable("is not a whole number of cents");
  const padded = figures.padStart(3, "0");
  return `${sign}${padded.slice(0, -2)}.${padded.slice(-2)}`;
}
