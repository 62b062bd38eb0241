import type { ShowMoment } from "../cli/moment.ts";

/** The times of an entry, and when it was recorded. */
export interface EntryMoments {
  readonly happenedAt: Date;
  readonly learnedAt: Date;
  readonly recordedAt: Date;
  readonly isAhead: boolean;
}

/** A difference below this (ms) is the time that the work takes. */
const AT_ONCE_MS = 2_000;

const differ = (one: Date, other: Date): boolean =>
  Math.abs(one.getTime() - other.getTime()) >= AT_ONCE_MS;

/** Returns a sentence if an entry happened, was learned of and was recorded at different times. */
export function timesInWords(
  { happenedAt, learnedAt, recordedAt, isAhead }: EntryMoments,
  show: ShowMoment,
): string[] {
  if (!differ(happenedAt, learnedAt) && !differ(learnedAt, recordedAt)) return [];
  const ahead = isAhead ? " The clock of the reporter was ahead of the database's." : "";
  return [
    `It happened on ${show(happenedAt)}, Tidings learned of it on ${show(learnedAt)}, and recorded it on ${show(recordedAt)}.${ahead}`,
  ];
}
