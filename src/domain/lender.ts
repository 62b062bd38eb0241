/** The lender that sends the notices, from the settings. */
export interface Lender {
  readonly name: string;
  readonly postalAddress: string;
  readonly phone: string;
  readonly website: string;
  /** An IANA time zone. Delays are counted in the lender's calendar days and clock time. */
  readonly timeZone: string;
}
