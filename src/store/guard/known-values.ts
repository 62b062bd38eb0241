/** A time of the database. pg returns an infinite one as a number. */
export type Time = Date | number;

/** A time of the past, as the database compares it (ISO 8601 with microseconds). */
export type KnownAt = string & { readonly [isKnownAt]: true };
declare const isKnownAt: unique symbol;

/**
 * Returns the end of a millisecond: what was recorded within it was known. The database counts microseconds, so a borrower that was
 * inserted together with a case change would otherwise be later than the change.
 */
export const knownAtEndOf = (millisecond: Date): KnownAt =>
  millisecond.toISOString().replace("Z", "999Z") as KnownAt;

type Known<Row> = { [Name in keyof Row]?: Exclude<Row[Name], null | undefined> };

/**
 * Returns the members of a row that have a value. A fact sheet leaves out what is not known. This and the functions below run some
 * hundred times a notice: building objects from lists of entries took five times as long.
 */
export function withoutUnknown<Row extends object>(row: Row): Known<Row> {
  const known: Partial<Record<keyof Row, unknown>> = {};
  for (const name in row) if (isKnown(row[name])) known[name] = row[name];
  return known as Known<Row>;
}

const isKnown = (value: unknown): boolean => value !== null && value !== undefined;

/** Writes a time of the database as a fact sheet has it. An infinite time becomes a value that the sheet refuses. */
export const instantOf = (time: Time): string =>
  time instanceof Date ? time.toISOString() : String(time);

/** Like `instantOf`, for a time that may be unknown. */
export const instantIfKnown = (time: Time | null): string | undefined =>
  time === null ? undefined : instantOf(time);

/** Writes the times of an object. Members that are not known are left out. */
export function instantsOf<Name extends string>(
  times: Readonly<Record<Name, Time | null>>,
): Partial<Record<Name, string>> {
  const known: Partial<Record<Name, string>> = {};
  for (const name in times) {
    const time = times[name];
    if (time !== null) known[name] = instantOf(time);
  }
  return known;
}

/** Returns the named members of a row. */
export function pick<Row extends object, Name extends keyof Row>(
  row: Row,
  names: readonly Name[],
): Pick<Row, Name> {
  const picked: Partial<Row> = {};
  for (const name of names) picked[name] = row[name];
  return picked as Pick<Row, Name>;
}
