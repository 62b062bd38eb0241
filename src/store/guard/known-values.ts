/** A time of the database. pg returns an infinite one as a number. */
export type Time = Date | number;

type Known<Row> = { [Name in keyof Row]?: Exclude<Row[Name], null | undefined> };

/** Returns the members of a row that have a value. A fact sheet leaves out what is not known. */
export function withoutUnknown<Row extends object>(row: Row): Known<Row> {
  const known = Object.entries(row).filter(([, value]) => value !== null && value !== undefined);
  return Object.fromEntries(known) as Known<Row>;
}

/** Writes a time of the database as a fact sheet has it. An infinite time becomes a value that the sheet refuses. */
export const instantOf = (time: Time): string =>
  time instanceof Date ? time.toISOString() : String(time);

/** Like `instantOf`, for a time that may be unknown. */
export const instantIfKnown = (time: Time | null): string | undefined =>
  time === null ? undefined : instantOf(time);

/** Writes the times of an object. Members that are not known are left out. */
export const instantsOf = <Name extends string>(
  times: Readonly<Record<Name, Time | null>>,
): Partial<Record<Name, string>> =>
  Object.fromEntries(
    Object.entries<Time | null>(times).flatMap(([name, time]) =>
      time === null ? [] : [[name, instantOf(time)]],
    ),
  ) as Partial<Record<Name, string>>;

/** Returns the named members of a row. */
export const pick = <Row extends object, Name extends keyof Row>(
  row: Row,
  names: readonly Name[],
): Pick<Row, Name> => Object.fromEntries(names.map((name) => [name, row[name]])) as Pick<Row, Name>;
