const KEPT = 1_000;

/** For whom values are written: a BCP 47 locale and an IANA time zone. */
export interface Reader {
  readonly locale: string;
  readonly zone: string;
}

/** Intl objects and phone numbers take longer to make than a whole notice to render. */
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

/**
 * The locale of a template for a borrower: the template's language, in the borrower's regional form where the
 * borrower speaks that language, otherwise as in the United States. A template in English has English dates.
 */
export const localeOf = cached((templateLanguage: string, borrowerLanguage: string) => {
  const template = localeNamed(templateLanguage) ?? new Intl.Locale("en");
  const borrower = localeNamed(borrowerLanguage);
  const spoken = borrower?.language === template.language ? borrower : template;
  return spoken.region === undefined ? `${spoken.language}-US` : spoken.baseName;
});

function localeNamed(language: string): Intl.Locale | undefined {
  try {
    return new Intl.Locale(language);
  } catch {
    return undefined;
  }
}
