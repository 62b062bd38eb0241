import { DAY_MS } from "../values/durations.ts";

/** A moment in ms since 1970-01-01T00:00:00Z. */
export type Instant = number;
/** A calendar day, counted from 1970-01-01. The caller knows its time zone. */
export type Day = number;

const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,3})?Z$/;
const DATE = /^\d{4}-\d{2}-\d{2}$/;
/** The length of `YYYY-MM-DD`. */
const DATE_LENGTH = 10;

/** Reads `2026-11-20T16:30:00Z`, with up to three decimals; undefined if there is no such moment. */
export function readInstant(text: string): Instant | undefined {
  if (!INSTANT.test(text)) return undefined;
  const instant = Date.parse(text);
  return isExact(new Date(instant), text) ? instant : undefined;
}

/** Reads `2026-11-20`; undefined if there is no such day. */
export function readDay(text: string): Day | undefined {
  if (!DATE.test(text)) return undefined;
  const instant = Date.parse(text);
  return isExact(new Date(instant), text) ? instant / DAY_MS : undefined;
}

/** Date.parse reads 30 February as 2 March, and 24:00 as the next day. It refuses every other moment that does not exist. */
const isExact = (read: Date, text: string): boolean =>
  read.getUTCDate() === Number(text.slice(8, 10));

/** Writes an instant as `2026-11-20T16:30:00Z`, with decimals only for a fraction of a second. */
export function writeInstant(instant: Instant): string {
  return new Date(instant).toISOString().replace(".000Z", "Z");
}

/** Writes a day as `2026-11-20`. */
export function writeDay(day: Day): string {
  return new Date(day * DAY_MS).toISOString().slice(0, DATE_LENGTH);
}
