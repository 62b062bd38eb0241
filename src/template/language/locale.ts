import { IANAZone } from "luxon";

const KEPT = 1_000;

/** The form of values for a borrower: a BCP 47 language tag and an IANA time zone. */
export interface Locale {
  readonly tag: string;
  readonly zone: string;
}

/** Keeps results by two keys. Making one Intl object takes longer than rendering a whole notice. */
export function cached<Made>(make: (first: string, second: string) => Made) {
  const made = new Map<string, Made>();
  return (first: string, second: string): Made => {
    const key = `${first} ${second}`;
    const known = made.get(key);
    if (known !== undefined) return known;
    if (made.size >= KEPT) made.clear();
    const fresh = make(first, second);
    made.set(key, fresh);
    return fresh;
  };
}

const zoneChecks = cached((zone) => IANAZone.isValidZone(zone));

/** True if Node knows the time zone. Postgres may know more of them. */
export const isKnownZone = (zone: string): boolean => zone !== "" && zoneChecks(zone, "");

/**
 * Returns the language tag for a template and a borrower: the template's language, in the borrower's regional form if the
 * borrower speaks that language, otherwise in the form of the United States. A template in English has English dates.
 */
export const localeTagOf = cached((templateLanguage: string, borrowerLanguage: string) => {
  const template = localeNamed(templateLanguage) ?? new Intl.Locale("en");
  const borrower = localeNamed(borrowerLanguage);
  const chosen = borrower?.language === template.language ? borrower : template;
  return chosen.region === undefined ? `${chosen.language}-US` : chosen.baseName;
});

function localeNamed(language: string): Intl.Locale | undefined {
  try {
    return new Intl.Locale(language);
  } catch {
    return undefined;
  }
}
