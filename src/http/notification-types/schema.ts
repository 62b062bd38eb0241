import { z } from "@hono/zod-openapi";
import type { TypeFields, TypeVersion } from "../../domain/type-version.ts";
import {
  CASE_STATUSES,
  CHANNELS,
  DATA_TYPES,
  DELAY_UNITS,
  OPERATORS,
  OUTCOMES,
  THEMES,
  VERSION_STATUSES,
} from "../../domain/vocabulary.ts";
import { int32, moment, textOf } from "../core/parameters.ts";

const Scalar = z.union([z.string(), z.number(), z.boolean(), z.null()]);

const Condition = z
  .strictObject({
    fieldName: z.string().min(1).openapi({
      description: "The case field that is looked at.",
      example: "chapter",
    }),
    value: z
      .union([Scalar, z.array(Scalar)])
      .optional()
      .openapi({
        description:
          "What the field is compared with: a list for in and notIn, nothing for exists and notExists.",
        example: "chapter7",
      }),
    operator: z.enum(OPERATORS).nullable().optional().openapi({
      description: "How the two are compared; eq unless given.",
      example: "eq",
    }),
    dataType: z.enum(DATA_TYPES).nullable().optional().openapi({
      description: "As what the two are read; unless given, as the JSON type of the value says.",
      example: "string",
    }),
  })
  .openapi("Condition", {
    description: "One filter on the fields of a case. All filters of a type must hold.",
  });

const shape = {
  name: textOf(50).openapi({
    description: "What the type is called, where people see it.",
    example: "Bankruptcy opened",
  }),
  description: textOf(500).openapi({
    description: "What the type is for, where people see it.",
    example: "Tells the borrower that we have noted the bankruptcy.",
  }),
  status: z.enum(VERSION_STATUSES).openapi({
    description:
      "draft: can be edited, fires nothing. active: fires, and changes only by a next version; one version at most. deprecated: fires nothing any more, for good. What is on its way keeps its version.",
    example: "draft",
  }),
  onStatus: z.enum(CASE_STATUSES).nullable().openapi({
    description:
      "Fires when a case comes to this status. initiated: reported, nothing shown yet. processing: being worked on. completed: ended. canceled: given up. reopened: taken up again. Null: any.",
    example: "initiated",
  }),
  onOutcome: z.enum(OUTCOMES).nullable().openapi({
    description:
      "Fires when a case comes to this outcome. approved: found valid. denied: dismissed. falsePositive: it was not what it seemed. noOutcome: ended without one. Null: any; onStatus and onOutcome cannot both be null.",
    example: null,
  }),
  onCondition: z.array(Condition).nullable().openapi({
    description: "Filters on the fields of the case, all of which must hold. Null or empty: none.",
  }),
  channel: z.enum(CHANNELS).nullable().openapi({
    description: "By what the borrower is reached. Null: as the template says.",
    example: "email",
  }),
  theme: z.enum(THEMES).nullable().openapi({
    description:
      "Why the borrower is written to: ops… begins with the lender (…Coll… to collect, …Loan… about the loan, …Servicing… to serve it, opsAccountCredentials for sign-in), inb… with the borrower.",
    example: "opsServicing",
  }),
  templateId: int32().nullable().openapi({
    description: "The template that makes the message; its active version when the type fires.",
    example: 1,
  }),
  delay: int32().nullable().openapi({
    description: "How long to wait after the change, in `unit`. Null: not at all.",
    example: 3,
  }),
  unit: z.enum(DELAY_UNITS).nullable().openapi({
    description: "In what `delay` counts. Business days count on the type's calendar.",
    example: "businessDays",
  }),
};

/** What a type is when it is made and nothing is said. */
export const DEFAULTS: TypeFields = {
  name: "",
  description: "",
  status: "draft",
  onStatus: null,
  onOutcome: null,
  onCondition: null,
  channel: null,
  theme: null,
  templateId: null,
  delay: null,
  unit: null,
};

export const NewType = z
  .strictObject({
    ...shape,
    name: shape.name.openapi({ default: "" }),
    description: shape.description.openapi({ default: "" }),
    status: shape.status.openapi({ default: "draft" }),
  })
  .partial()
  .openapi("NewNotificationType", {
    description:
      "A notification type to be made. At least one of onStatus and onOutcome is needed.",
  });

export const TypeUpdate = z
  .strictObject(shape)
  .partial()
  .openapi("NotificationTypeUpdate", {
    description: "The fields that change; a field that is left out keeps its value.",
    example: { status: "deprecated" },
  });

export type TypeUpdate = z.output<typeof TypeUpdate>;

export const NotificationType = z
  .strictObject({
    id: z.int().openapi({ description: "Of the type; the same in every version.", example: 7 }),
    version: z.int().openapi({ description: "Counts from 1.", example: 1 }),
    ...shape,
    createdAt: moment("When this version was written."),
    updatedAt: moment("When this version was last changed; null: never.").nullable(),
    publishedAt: moment("When this version became active; null: not yet.").nullable(),
    deprecatedAt: moment("When this version was deprecated; null: it is not.").nullable(),
  })
  .openapi("NotificationType", {
    description: "One version of a notification type: what is sent when a case changes, and when.",
  });

const momentOf = (at: Date | null): string | null => at?.toISOString() ?? null;

/** A version as an answer shows it. */
export const showType = (version: TypeVersion): z.input<typeof NotificationType> => ({
  ...version,
  // what SQL wrote into a draft is shown as it stands there
  onCondition: version.onCondition as z.input<typeof NotificationType>["onCondition"],
  createdAt: version.createdAt.toISOString(),
  updatedAt: momentOf(version.updatedAt),
  publishedAt: momentOf(version.publishedAt),
  deprecatedAt: momentOf(version.deprecatedAt),
});
