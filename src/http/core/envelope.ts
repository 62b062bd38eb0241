import { z } from "@hono/zod-openapi";

/** The envelope of a single object. */
export const one = <Data extends z.ZodType>(data: Data) =>
  z.strictObject({
    status: z.literal(200).openapi({ description: "The HTTP status once more." }),
    message: z.string().openapi({ description: "A word for people.", example: "Success" }),
    data,
  });

/** The envelope of a page of a list; `rest` are keys beside count and data. */
export const list = <Data extends z.ZodType, Rest extends z.ZodRawShape>(data: Data, rest: Rest) =>
  z.strictObject({
    ...rest,
    count: z.int().openapi({ description: "How many are on this page.", example: 1 }),
    data: z.array(data),
  });

/** What a handler answers with for `one`. */
export const success = <Data>(data: Data) => ({
  status: 200 as const,
  message: "Success",
  data,
});

export const ErrorAnswer = z
  .strictObject({
    status: z.int().openapi({ description: "The HTTP status once more.", example: 422 }),
    message: z.string().openapi({
      description: "What is wrong and what to do about it.",
      example: "The body does not fit: mend the fields named in errors.",
    }),
    errors: z
      .array(
        z.strictObject({
          field: z.string().openapi({
            description: "Path of the field, parameter or header.",
            example: "onCondition[0].fieldName",
          }),
          message: z
            .string()
            .openapi({ description: "What is wrong with it.", example: "is missing" }),
        }),
      )
      .openapi({ description: "The fields at fault; empty where it is none in particular." }),
  })
  .openapi("Error", { description: "Why a request was refused. Nothing was changed." });
