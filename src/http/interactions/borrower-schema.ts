import { z } from "@hono/zod-openapi";
import {
  BORROWER_STATUSES,
  BORROWER_TYPES,
  COLLECTIONS_INTENSITIES,
} from "../../domain/vocabulary.ts";
import { MetaData } from "../core/meta-data.ts";

const WORDS = {
  borrowerType: { description: "A person or a business.", example: "person" },
  externalId: { description: "The lender's own id of the borrower.", example: "crm-99" },
  status: { description: "Whether the lender still deals with the borrower.", example: "active" },
  collectionsIntensity: {
    description:
      "How often the borrower may be turned to about a debt: light is least, heavy is most.",
    example: "normal",
  },
  metaData: { description: "The lender's own notes on the borrower.", example: { branch: "12" } },
  statementDeliveryChannels: {
    description: "How the borrower wants statements.",
    example: ["email"],
  },
  sendRemindersWhenCurrent: {
    description: "Whether the borrower wants reminders while nothing is overdue.",
    example: true,
  },
} as const;

const text = z.string().nullable();
const yesNo = z.boolean().nullable();
const object = z.record(z.string(), z.unknown()).nullable();

/** A borrower as an interaction answers with one: every key is there, and what is not known is null. */
export const BorrowerAnswer = z
  .strictObject({
    id: text.openapi({ description: "The core system's id of the borrower.", example: "BO-7" }),
    createdAt: text.openapi({
      description: "When the borrower became known.",
      example: "2030-11-02T08:00:00Z",
    }),
    updatedAt: text.openapi({ description: "Not kept: null." }),
    deletedAt: text.openapi({ description: "Not kept: null." }),
    borrowerType: z.enum(BORROWER_TYPES).nullable().openapi(WORDS.borrowerType),
    externalId: text.openapi(WORDS.externalId),
    status: z.enum(BORROWER_STATUSES).nullable().openapi(WORDS.status),
    statusUpdatedAt: text.openapi({
      description: "When that last changed.",
      example: "2030-11-02T08:00:00Z",
    }),
    collectionsIntensity: z
      .enum(COLLECTIONS_INTENSITIES)
      .nullable()
      .openapi(WORDS.collectionsIntensity),
    displayId: text.openapi({
      description: "The number the borrower is known by in conversation.",
      example: "100-7",
    }),
    metaData: object.openapi(WORDS.metaData),
    commPreferences: z
      .strictObject({
        statementDeliveryChannels: z
          .array(z.string())
          .nullable()
          .openapi(WORDS.statementDeliveryChannels),
        sendRemindersWhenCurrent: yesNo.openapi(WORDS.sendRemindersWhenCurrent),
      })
      .nullable()
      .openapi({ description: "What the borrower wishes." }),
  })
  .nullable()
  .openapi({
    description: "The borrower as they were when it was written down, otherwise as they are.",
  });

/** A borrower as somebody who logs an interaction tells of them. */
export const BorrowerBody = z
  .strictObject({
    borrowerType: z.enum(BORROWER_TYPES).openapi(WORDS.borrowerType),
    externalId: z.string().min(1).nullable().openapi(WORDS.externalId),
    status: z.enum(BORROWER_STATUSES).openapi(WORDS.status),
    collectionsIntensity: z.enum(COLLECTIONS_INTENSITIES).openapi(WORDS.collectionsIntensity),
    metaData: MetaData.nullable().openapi(WORDS.metaData),
    commPreferences: z
      .strictObject({
        statementDeliveryChannels: z.array(z.string()).openapi(WORDS.statementDeliveryChannels),
        sendRemindersWhenCurrent: z.boolean().openapi(WORDS.sendRemindersWhenCurrent),
      })
      .partial()
      .nullable()
      .openapi({ description: "What the borrower wishes." }),
  })
  .partial()
  .openapi({
    description:
      "The borrower of the path as they were then, where that differs from what is known. Kept with the interaction; the borrower is not changed.",
  });
