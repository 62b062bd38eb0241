type Known<Row> = { [Name in keyof Row]?: Exclude<Row[Name], null | undefined> };

/** Returns the members of a row that have a value. A fact sheet leaves out what is not known. */
export function withoutUnknown<Row extends object>(row: Row): Known<Row> {
  const known = Object.entries(row).filter(([, value]) => value !== null && value !== undefined);
  return Object.fromEntries(known) as Known<Row>;
}

/** Writes a time of the database as a fact sheet has it. An infinite time becomes a value that the sheet refuses. */
export const instantOf = (time: Date | number): string =>
  time instanceof Date ? time.toISOString() : String(time);

/** Like `instantOf`, for a time that may be unknown. */
export const instantIfKnown = (time: Date | number | null): string | undefined =>
  time === null ? undefined : instantOf(time);
