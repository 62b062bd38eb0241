/** A day that is not a business day (YYYY-MM-DD) and the reason: "Sunday", a holiday, or the lender's own. */
export interface ClosedDay {
  readonly day: string;
  readonly reason: string;
}

/** The lender's additions: closures in any calendar, and calendars based on another calendar. */
export interface CalendarRows {
  readonly calendars: readonly { readonly name: string; readonly basedOn: string }[];
  readonly closures: readonly (ClosedDay & { readonly calendar: string })[];
}
