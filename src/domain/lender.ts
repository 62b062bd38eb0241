/** The lender that sends the notices, from the settings. */
export interface Lender {
  readonly name: string;
  readonly postalAddress: string;
  readonly phone: string;
  readonly website: string;
  /** ISO 3166-1, such as US. Phone numbers without a country are numbers of this one. */
  readonly country: string;
  /** An IANA time zone. Delays are counted in the lender's calendar days and clock time. */
  readonly timeZone: string;
  /** BCP 47 tags, in order of preference. Templates in them are sent to borrowers whose own language a family does not have. */
  readonly languages: readonly string[];
}
