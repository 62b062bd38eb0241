import { z } from "@hono/zod-openapi";

const MAX_INT = 2 ** 31 - 1;

interface Whole {
  readonly least?: number;
  readonly most?: number;
  readonly description: string;
  readonly example: number;
}

/** A whole number in a path or query. Only digits are accepted. */
export const wholeParameter = ({ least = 1, most = MAX_INT, description, example }: Whole) =>
  z
    .string()
    .regex(/^\d{1,10}$/, `must be a whole number from ${least} to ${most}`)
    .transform(Number)
    .refine((n) => n >= least && n <= most, `must be a whole number from ${least} to ${most}`)
    .openapi({ type: "integer", minimum: least, maximum: most, description, example });

/** A cursor of a list whose ids are whole numbers. */
export const cursorParameter = (description: string) =>
  z
    .string()
    .regex(/^\d{1,10}$/, "must be an id")
    .transform(Number)
    .refine((n) => n >= 1 && n <= MAX_INT, "must be an id")
    .optional()
    .openapi({ type: "string", pattern: "^\\d{1,10}$", description, example: "7" });

/** The number of results on a page. */
export const limitParameter = wholeParameter({
  most: 100,
  description: "The maximum number of results on a page; 25 by default.",
  example: 25,
})
  .optional()
  .openapi({ default: 25 });

export const DEFAULT_LIMIT = 25;

/** The length in code points, as the database and JSON Schema count. */
export const lengthOf = (text: string): number => Array.from(text).length;

/** A text with a maximum length. */
export const textOf = (most: number) =>
  z
    .string()
    .refine((text) => lengthOf(text) <= most, `must have at most ${most} characters`)
    .openapi({ maxLength: most });

/** A whole number that fits a column of 32 bits. */
export const int32 = () =>
  z
    .int()
    .min(-MAX_INT - 1)
    .max(MAX_INT)
    .openapi({ format: "int32" });

/** A time in a response, in UTC. */
export const moment = (description: string) =>
  z.iso.datetime().openapi({ description, example: "2031-03-03T15:00:00.000Z" });
