import { z } from "@hono/zod-openapi";

const MAX_INT = 2 ** 31 - 1;

interface Whole {
  readonly least?: number;
  readonly most?: number;
  readonly description: string;
  readonly example: number;
}

/** A whole number in a path or query, where everything is text; digits only. */
export const wholeParameter = ({ least = 1, most = MAX_INT, description, example }: Whole) =>
  z
    .string()
    .regex(/^\d{1,10}$/, `must be a whole number from ${least} to ${most}`)
    .transform(Number)
    .refine((n) => n >= least && n <= most, `must be a whole number from ${least} to ${most}`)
    .openapi({ type: "integer", minimum: least, maximum: most, description, example });

/** A cursor of a list whose ids are whole numbers: an id as text. */
export const cursorParameter = (description: string) =>
  z
    .string()
    .regex(/^\d{1,10}$/, "must be an id")
    .transform(Number)
    .refine((n) => n >= 1 && n <= MAX_INT, "must be an id")
    .optional()
    .openapi({ type: "string", pattern: "^\\d{1,10}$", description, example: "7" });

/** How many results a page holds. */
export const limitParameter = wholeParameter({
  most: 100,
  description: "The most results on a page; 25 unless given.",
  example: 25,
})
  .optional()
  .openapi({ default: 25 });

export const DEFAULT_LIMIT = 25;

/** In code points, as the database and JSON Schema count. */
export const lengthOf = (text: string): number => Array.from(text).length;

/** A text of at most so many characters. */
export const textOf = (most: number) =>
  z
    .string()
    .refine((text) => lengthOf(text) <= most, `must have at most ${most} characters`)
    .openapi({ maxLength: most });

/** A whole number that a column of 32 bits can hold. */
export const int32 = () =>
  z
    .int()
    .min(-MAX_INT - 1)
    .max(MAX_INT)
    .openapi({ format: "int32" });

/** A moment in an answer, in UTC. */
export const moment = (description: string) =>
  z.iso.datetime().openapi({ description, example: "2031-03-03T15:00:00.000Z" });
