/** A day without business, YYYY-MM-DD, and what closes it: "Sunday", a holiday, the lender's reason. */
export interface ClosedDay {
  readonly day: string;
  readonly reason: string;
}

/** What the lender adds: closures of any calendar, and calendars based on another one, built in or not. */
export interface CalendarRows {
  readonly calendars: readonly { readonly name: string; readonly basedOn: string }[];
  readonly closures: readonly (ClosedDay & { readonly calendar: string })[];
}
