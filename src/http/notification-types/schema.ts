import { z } from "@hono/zod-openapi";
import type { TypeFields, TypeVersion } from "../../domain/resolve/type-version.ts";
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
      description: "The field of the case.",
      example: "chapter",
    }),
    value: z
      .union([Scalar, z.array(Scalar).max(500)])
      .optional()
      .openapi({
        description:
          "The value to compare with: a list for in and notIn, none for exists and notExists.",
        example: "chapter7",
      }),
    operator: z.enum(OPERATORS).nullable().optional().openapi({
      description: "How the field is compared; eq by default.",
      example: "eq",
    }),
    dataType: z.enum(DATA_TYPES).nullable().optional().openapi({
      description: "The type for the comparison; by default the JSON type of the value.",
      example: "string",
    }),
  })
  .openapi("Condition", {
    description: "One filter on the fields of a case. All conditions of a type must hold.",
  });

const shape = {
  name: textOf(50).openapi({
    description: "The name of the type, for people.",
    example: "Bankruptcy opened",
  }),
  description: textOf(500).openapi({
    description: "The purpose of the type, for people.",
    example: "Informs the borrower that we have recorded the bankruptcy.",
  }),
  status: z.enum(VERSION_STATUSES).openapi({
    description:
      "draft: can be edited, does not fire. active: fires, and changes only by a next version; at most one version is active. deprecated: does not fire any more, and never fires again. Interactions that are already planned keep their version.",
    example: "draft",
  }),
  onStatus: z.enum(CASE_STATUSES).nullable().openapi({
    description:
      "Fires when a case enters this status. initiated: reported, nothing decided. processing: being worked on. completed: finished. canceled: abandoned. reopened: resumed. Null: any status.",
    example: "initiated",
  }),
  onOutcome: z.enum(OUTCOMES).nullable().openapi({
    description:
      "Fires when a case gets this outcome. approved: found valid. denied: rejected. falsePositive: opened by mistake. noOutcome: finished without one. Null: any outcome; onStatus and onOutcome cannot both be null.",
    example: null,
  }),
  onCondition: z.array(Condition).max(50).nullable().openapi({
    description: "Filters on the fields of the case. All must hold. Null or empty: no filter.",
  }),
  channel: z.enum(CHANNELS).nullable().openapi({
    description: "The channel of the notice. Null: the template's channel.",
    example: "email",
  }),
  theme: z.enum(THEMES).nullable().openapi({
    description:
      "Why the borrower is contacted. ops…: started by the lender (…Coll… to collect, …Loan… about the loan, …Servicing… to service it, opsAccountCredentials about sign-in). inb…: started by the borrower.",
    example: "opsServicing",
  }),
  templateId: int32().nullable().openapi({
    description: "The template of the message, in its active version when the type fires.",
    example: 1,
  }),
  delay: int32().nullable().openapi({
    description: "How long to wait after the change, in `unit`. Null: no delay.",
    example: 3,
  }),
  unit: z.enum(DELAY_UNITS).nullable().openapi({
    description: "The unit of `delay`. Business days are those of the type's calendar.",
    example: "businessDays",
  }),
};

/** The fields of a new type that its body leaves out. */
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
      "A notification type to create. At least one of onStatus and onOutcome is required.",
  });

export const TypeUpdate = z
  .strictObject(shape)
  .partial()
  .openapi("NotificationTypeUpdate", {
    description: "The fields to change. A field that is left out keeps its value.",
    example: { status: "deprecated" },
  });

export type TypeUpdate = z.output<typeof TypeUpdate>;

export const NotificationType = z
  .strictObject({
    id: z
      .int()
      .openapi({ description: "The id of the type, the same in every version.", example: 7 }),
    version: z.int().openapi({ description: "The number of the version, from 1.", example: 1 }),
    ...shape,
    createdAt: moment("When this version was created."),
    updatedAt: moment("When this version was last changed; null if never.").nullable(),
    publishedAt: moment("When this version became active; null if not yet.").nullable(),
    deprecatedAt: moment("When this version was deprecated; null if it is not.").nullable(),
  })
  .openapi("NotificationType", {
    description:
      "One version of a notification type, which defines what is sent when a case changes, and when.",
  });

const momentOf = (at: Date | null): string | null => at?.toISOString() ?? null;

/** A version in a response. */
export const showType = (version: TypeVersion): z.input<typeof NotificationType> => ({
  ...version,
  // SQL may have written other JSON into a draft; it is shown as it is
  onCondition: version.onCondition as z.input<typeof NotificationType>["onCondition"],
  createdAt: version.createdAt.toISOString(),
  updatedAt: momentOf(version.updatedAt),
  publishedAt: momentOf(version.publishedAt),
  deprecatedAt: momentOf(version.deprecatedAt),
});
