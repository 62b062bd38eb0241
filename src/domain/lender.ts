/** Who the notices come from, as configured. */
export interface Lender {
  readonly name: string;
  readonly postalAddress: string;
  readonly phone: string;
  readonly website: string;
  /** IANA name; the lender's clock and calendar days are meant wherever a delay is counted. */
  readonly timeZone: string;
}
