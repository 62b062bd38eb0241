import { z } from "zod";
import { type Day, type Instant, readDay, readInstant } from "./moments.ts";

const wanted =
  (words: string) =>
  ({ input }: { readonly input?: unknown }): string =>
    input === undefined ? "is missing" : `must be ${words}`;

/** The error of an object. An unknown member is reported separately, see `namedErrors`. */
export const objectError = { error: wanted("an object") };

export const text = z.string({ error: wanted("text") }).min(1, { error: "must not be empty" });
export const flag = z.boolean({ error: wanted("true or false") });
export const count = z.int({ error: wanted("a whole number") }).min(0, {
  error: "must not be negative",
});

/** A word of a closed list. */
export const oneOf = <const Word extends string>(
  words: readonly Word[],
): z.ZodEnum<{ [Each in Word]: Each }> =>
  z.enum(words, { error: wanted(`one of ${words.join(", ")}`) });

/** A list of any length. */
export const listOf = <Item extends z.ZodType>(item: Item): z.ZodArray<Item> =>
  z.array(item, { error: wanted("a list") });

/** A list of ids without repetition. */
export const ids = listOf(text).refine((list) => new Set(list).size === list.length, {
  error: "must not hold the same id twice",
});

/** UTC, such as `2026-11-20T16:30:00Z`; parsed to ms since 1970. */
export const instant = z
  .string({ error: wanted("an instant such as 2026-11-20T16:30:00Z") })
  .meta({ format: "date-time" })
  .transform((written, context): Instant => {
    const read = readInstant(written);
    if (read === undefined)
      context.addIssue({
        code: "custom",
        message: "must be an instant such as 2026-11-20T16:30:00Z",
      });
    return read ?? Number.NaN;
  });

/** A date such as `2026-11-20`; parsed to days since 1970. */
export const date = z
  .string({ error: wanted("a date such as 2026-11-20") })
  .meta({ format: "date" })
  .transform((written, context): Day => {
    const read = readDay(written);
    if (read === undefined)
      context.addIssue({ code: "custom", message: "must be a date such as 2026-11-20" });
    return read ?? Number.NaN;
  });

/** A time of day such as `08:00`; parsed to minutes since midnight. */
export const timeOfDay = z
  .string({ error: wanted("a time of day such as 08:00") })
  .regex(/^([01]\d|2[0-3]):[0-5]\d$/, { error: "must be a time of day such as 08:00" })
  .transform((written) => Number(written.slice(0, 2)) * 60 + Number(written.slice(3)));

export const state = z
  .string({ error: wanted("a two-letter state code") })
  .regex(/^[A-Z]{2}$/, { error: "must be a two-letter state code" });

const known = new Map<string, boolean>();

/** True if this runtime's time zone database has the zone. */
export function isTimeZone(name: string): boolean {
  const remembered = known.get(name) ?? canFormat(name);
  known.set(name, remembered);
  return remembered;
}

function canFormat(name: string): boolean {
  try {
    return new Intl.DateTimeFormat("en-US", { timeZone: name }).resolvedOptions().timeZone !== "";
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

/**
 * An IANA name with its region, such as `America/Chicago`. Offsets such as `+05:00` are refused, because they have no
 * daylight saving time.
 */
export const timeZone = z
  .string({ error: wanted("an IANA time zone") })
  .refine((name) => /^[A-Z][A-Za-z]+(\/[A-Za-z_-]+)+$/.test(name) && isTimeZone(name), {
    error: "must be an IANA time zone such as America/Chicago",
  });

/** One error of an input: the field and the requirement. It never quotes the input, which may be personal. */
export interface FieldError {
  readonly field: string;
  readonly message: string;
}

/** Converts zod's errors. Each field is named by its path below `root`. */
export function namedErrors(
  issues: readonly z.core.$ZodIssue[],
  root: readonly string[],
): FieldError[] {
  return issues.flatMap((issue) => {
    const path = [...root, ...issue.path.map(String)];
    if (issue.code !== "unrecognized_keys")
      return [{ field: path.join("."), message: issue.message }];
    return issue.keys.map((key) => ({
      field: [...path, key].join("."),
      message: "is not a member that is known here",
    }));
  });
}
