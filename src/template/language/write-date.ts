import { DateTime } from "luxon";
import { readAs } from "../../domain/values/field-value.ts";
import { cached, isKnownZone, type Locale } from "./locale.ts";
import { Unwritable } from "./write-text.ts";

const longDate = cached(
  (locale, timeZone) => new Intl.DateTimeFormat(locale, { dateStyle: "long", timeZone }),
);
const DATE_TOKENS = new Set(
  "y yy yyyy L LL LLL LLLL M MM MMM MMMM d dd ccc cccc EEE EEEE h hh H HH m mm a ZZZZ".split(" "),
);
const TIME_TOKEN = /^[hHmaZ]/;

/** Returns runs of one letter outside single quotes. Quoted text is written literally. */
const tokensOf = (pattern: string): readonly string[] =>
  pattern.replaceAll(/'[^']*'/g, "").match(/([A-Za-z])\1*/g) ?? [];

/** Returns the tokens of a date pattern that Luxon does not know and would print literally, such as `YYYY`. */
export const unknownDateTokens = (pattern: string): readonly string[] =>
  tokensOf(pattern).filter((token) => !DATE_TOKENS.has(token));

/**
 * Writes a date. A day (`2031-03-03`) is written as that day in every zone; an instant (RFC 3339) is converted to the zone
 * of the locale. The pattern is Luxon's; without one the long form of the language is used. Throws Unwritable.
 */
export function writeDate(value: unknown, pattern: string | undefined, locale: Locale): string {
  const day = readAs("date", value);
  const instant = day ?? readAs("dateTime", value);
  if (instant === null || typeof instant !== "object")
    throw new Unwritable("is neither a day nor an RFC 3339 instant");
  const zone = day === null ? locale.zone : "UTC";
  const ms = day === null ? Number(instant.digits / 1_000_000n) : Number(instant.digits);
  // Luxon would write "Invalid DateTime", and Intl throws.
  if (!isKnownZone(zone)) throw new Unwritable("cannot be shown in the borrower's time zone");
  if (pattern === undefined) return longDate(locale.tag, zone).format(ms);
  if (day !== null && tokensOf(pattern).some((token) => TIME_TOKEN.test(token)))
    throw new Unwritable("is a day and has no time of day");
  return DateTime.fromMillis(ms, { zone, locale: locale.tag }).toFormat(pattern);
}
