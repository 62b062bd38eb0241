import { z } from "zod";
import { CASE_STATUSES, OUTCOMES } from "../vocabulary.ts";

const wanted =
  (words: string) =>
  ({ input }: { readonly input?: unknown }): string =>
    input === undefined ? "is missing" : `must be ${words}`;

/** Postgres can store neither NUL nor half a surrogate pair. */
const text = z
  .string({ error: wanted("text") })
  .min(1, { error: "must not be empty" })
  .refine((written) => written.isWellFormed() && !written.includes("\0"), {
    error: "must be text that Postgres can hold",
  });

/** A time with its offset from UTC, such as `2031-03-03T10:00:00-05:00`. */
const instant = z.iso
  .datetime({
    offset: true,
    error: wanted("a date and time with its offset, such as 2031-03-03T10:00:00-05:00"),
  })
  .transform((written) => new Date(written));

/**
 * A case change on a line of a JSON-lines file, with the keys of `tidings.case_changes` as in 0005_case_changes.sql.
 * `id` and `received_at` are accepted and ignored, so that exported rows can be read back.
 */
export const caseChangeLine = z.strictObject(
  {
    id: z.unknown().optional(),
    received_at: z.unknown().optional(),
    external_id: text.nullable().default(null),
    case_id: text,
    case_type_id: text,
    borrower_id: text,
    loan_ids: z
      .array(text, { error: wanted("a list of texts") })
      .readonly()
      .default([]),
    status: z.enum(CASE_STATUSES, { error: wanted(`one of ${CASE_STATUSES.join(", ")}`) }),
    outcome: z
      .enum(OUTCOMES, { error: wanted(`null or one of ${OUTCOMES.join(", ")}`) })
      .nullable()
      .default(null),
    fields: z.record(z.string(), z.unknown(), { error: wanted("an object") }).default({}),
    changed_at: instant.optional(),
    fires: z.boolean({ error: wanted("true or false") }).default(true),
    supercase_bulk_operation_id: text.nullable().default(null),
  },
  {
    error: ({ code, keys }) =>
      code === "unrecognized_keys"
        ? `${(keys as readonly string[]).join(", ")} is no column of case_changes`
        : "it must be an object",
  },
);

export type CaseChangeLine = z.infer<typeof caseChangeLine>;
