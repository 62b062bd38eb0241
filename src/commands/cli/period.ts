import { startOfDay } from "../../store/operate/find-interactions.ts";
import type { Db } from "../../store/postgres/db.ts";
import { wrongArguments } from "./arguments.ts";
import { DAY_MS, HOUR_MS, MINUTE_MS } from "../../domain/values/durations.ts";

/** The context for reading a time on the command line. */
export interface Terms {
  readonly db: Db;
  /** The zone in which a date begins. */
  readonly zone: string;
  /** The moment from which an age counts. */
  readonly now: Date;
}

const DAY = /^\d{4}-\d\d-\d\d$/;
const MOMENT = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,3})?)?(Z|[+-]\d\d:\d\d)$/;
const AGE = /^(\d{1,6})(min|h|d)$/;
const UNIT_MS: Readonly<Record<string, number>> = { min: MINUTE_MS, h: HOUR_MS, d: DAY_MS };

/** The beginning of a period; a date is its first moment. Throws ARGUMENTS_INVALID for another form. */
export async function readStart(terms: Terms, option: string, text: string): Promise<Date>;
export async function readStart(
  terms: Terms,
  option: string,
  text: string | undefined,
): Promise<Date | undefined>;
export async function readStart(
  terms: Terms,
  option: string,
  text: string | undefined,
): Promise<Date | undefined> {
  if (text === undefined) return undefined;
  const moment = isDay(text)
    ? await startOfDay(terms.db, text, terms.zone)
    : readMoment(text, terms.now);
  return moment ?? refuse(option, text);
}

/** The end of a period, which does not include it; a date is the first moment of the day after it. */
export async function readEnd(
  terms: Terms,
  option: string,
  text: string | undefined,
): Promise<Date | undefined> {
  if (text === undefined || !isDay(text)) return await readStart(terms, option, text);
  const next = new Date(Date.parse(`${text}T00:00:00Z`) + DAY_MS).toISOString().slice(0, 10);
  // the day after the last one of the calendar is none, and the refusal names what was given
  if (!isDay(next)) refuse(option, text);
  return await readStart(terms, option, next);
}

/**
 * A time that is yet to come: the end of a date, a moment, or a duration from now such as 90min. Throws ARGUMENTS_INVALID for
 * another form and for a time that has passed.
 */
export async function readFuture(terms: Terms, option: string, text: string): Promise<Date> {
  const ahead = durationOf(text);
  const moment =
    ahead === undefined
      ? await readEnd(terms, option, text)
      : new Date(terms.now.getTime() + ahead);
  if (moment === undefined) return refuse(option, text);
  if (moment > terms.now) return moment;
  throw wrongArguments(`${option} must be a time that is yet to come, not "${text}"`);
}

/** Throws ARGUMENTS_INVALID for a period without a moment: nothing is in it, so that a check of it would find nothing wrong. */
export function checkOrder(
  [from, until]: readonly [from: string, until: string],
  start: Date | undefined,
  end: Date | undefined,
): void {
  if (start === undefined || end === undefined || start < end) return;
  throw wrongArguments(`${from} must be before ${until}`);
}

/** True if a text is a day of the calendar; 2031-02-30 is not. */
function isDay(text: string): boolean {
  const midnight = Date.parse(`${text}T00:00:00Z`);
  return (
    DAY.test(text) && !Number.isNaN(midnight) && new Date(midnight).toISOString().startsWith(text)
  );
}

/** A duration such as 90min (ms); undefined for another form. */
function durationOf(text: string): number | undefined {
  const [, count, unit = ""] = AGE.exec(text) ?? [];
  return count === undefined ? undefined : Number(count) * (UNIT_MS[unit] ?? 0);
}

function readMoment(text: string, now: Date): Date | undefined {
  const age = durationOf(text);
  if (age !== undefined) return new Date(now.getTime() - age);
  const moment = new Date(text);
  return MOMENT.test(text) && !Number.isNaN(moment.getTime()) ? moment : undefined;
}

function refuse(option: string, text: string): never {
  throw wrongArguments(
    `${option} must be a date, a moment such as 2031-03-03T10:00:00-05:00 or an age such as 90min, 12h or 7d, not "${text}"`,
  );
}

/** A moment with its offset, past or future. Throws ARGUMENTS_INVALID for another form. */
export function readExactMoment(option: string, text: string): Date {
  const moment = new Date(text);
  if (MOMENT.test(text) && !Number.isNaN(moment.getTime())) return moment;
  throw wrongArguments(
    `${option} must be a moment such as 2031-03-03T10:00:00-05:00, not "${text}"`,
  );
}
