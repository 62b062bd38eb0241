import { z } from "@hono/zod-openapi";
import { DAY_MS } from "../../domain/values/durations.ts";

/** A date outside of these years is a mistake, and Postgres stores neither year 0 nor year 300,000. */
const YEARS = { first: "1900-01-01", last: "9999-12-31" };

const isWithin = (text: string): boolean => {
  const day = text.slice(0, 10);
  return day > YEARS.first && day < YEARS.last;
};

const dateTime = z.iso.datetime({ offset: true });
const day = z.iso.date();

/** A time with an offset, or a date, which means midnight UTC. */
export const Moment = z
  .union([dateTime, day], { error: "must be a time such as 2031-03-04T15:02:00Z, or a date" })
  .refine(isWithin, "must be between the years 1900 and 9999")
  .transform((text) => new Date(text));

/** The first moment after the given millisecond, or after the given day. */
export const MomentAfter = z
  .union([dateTime, day], { error: "must be a time such as 2031-03-04T15:02:00Z, or a date" })
  .refine(isWithin, "must be between the years 1900 and 9999")
  .transform((text) => new Date(Date.parse(text) + (text.length === 10 ? DAY_MS : 1)));
