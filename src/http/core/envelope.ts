import { z } from "@hono/zod-openapi";

/** The envelope of a single object. */
export const one = <Data extends z.ZodType>(data: Data) =>
  z.strictObject({
    status: z.literal(200).openapi({ description: "The HTTP status." }),
    message: z.string().openapi({ description: "A short text for people.", example: "Success" }),
    data,
  });

/** The envelope of a page of a list; `rest` are the keys in addition to count and data. */
export const list = <Data extends z.ZodType, Rest extends z.ZodRawShape>(data: Data, rest: Rest) =>
  z.strictObject({
    ...rest,
    count: z.int().openapi({ description: "The number of results on this page.", example: 1 }),
    data: z.array(data),
  });

/** The response for `one`. */
export const success = <Data>(data: Data) => ({
  status: 200 as const,
  message: "Success",
  data,
});

export const ErrorAnswer = z
  .strictObject({
    status: z.int().openapi({ description: "The HTTP status.", example: 422 }),
    message: z.string().openapi({
      description: "The error, as a sentence.",
      example: "Validation failed; see errors.",
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
            .openapi({ description: "The error in this field.", example: "is required" }),
        }),
      )
      .openapi({ description: "The invalid fields; empty where the error is not about a field." }),
  })
  .openapi("Error", { description: "Why a request failed. Nothing was changed." });
