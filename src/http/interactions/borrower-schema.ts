import { z } from "@hono/zod-openapi";
import {
  BORROWER_STATUSES,
  BORROWER_TYPES,
  COLLECTIONS_INTENSITIES,
} from "../../domain/vocabulary.ts";
import { MetaData } from "../core/meta-data.ts";

const DESCRIPTIONS = {
  borrowerType: { description: "A person or a business.", example: "person" },
  externalId: { description: "The lender's own id of the borrower.", example: "crm-99" },
  status: { description: "Whether the borrower is an active customer.", example: "active" },
  collectionsIntensity: {
    description:
      "How often the borrower may be contacted about a debt: light is least, heavy is most.",
    example: "normal",
  },
  metaData: { description: "The lender's own notes on the borrower.", example: { branch: "12" } },
  statementDeliveryChannels: {
    description: "The channels on which the borrower wants statements.",
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

/** The borrower of an interaction in a response. Every key is present; unknown values are null. */
export const BorrowerAnswer = z
  .strictObject({
    id: text.openapi({ description: "The core system's id of the borrower.", example: "BO-7" }),
    createdAt: text.openapi({
      description: "When the borrower was created.",
      example: "2030-11-02T08:00:00Z",
    }),
    updatedAt: text.openapi({ description: "Always null." }),
    deletedAt: text.openapi({ description: "Always null." }),
    borrowerType: z.enum(BORROWER_TYPES).nullable().openapi(DESCRIPTIONS.borrowerType),
    externalId: text.openapi(DESCRIPTIONS.externalId),
    status: z.enum(BORROWER_STATUSES).nullable().openapi(DESCRIPTIONS.status),
    statusUpdatedAt: text.openapi({
      description: "When the status last changed.",
      example: "2030-11-02T08:00:00Z",
    }),
    collectionsIntensity: z
      .enum(COLLECTIONS_INTENSITIES)
      .nullable()
      .openapi(DESCRIPTIONS.collectionsIntensity),
    displayId: text.openapi({
      description: "The number that the borrower is called by in conversation.",
      example: "100-7",
    }),
    metaData: object.openapi(DESCRIPTIONS.metaData),
    commPreferences: z
      .strictObject({
        statementDeliveryChannels: z
          .array(z.string())
          .nullable()
          .openapi(DESCRIPTIONS.statementDeliveryChannels),
        sendRemindersWhenCurrent: yesNo.openapi(DESCRIPTIONS.sendRemindersWhenCurrent),
      })
      .nullable()
      .openapi({ description: "The borrower's preferences." }),
  })
  .nullable()
  .openapi({
    description:
      "The borrower at the time the interaction was stored. Fields that were not stored then are as they are now.",
  });

/** The borrower in a request. */
export const BorrowerBody = z
  .strictObject({
    borrowerType: z.enum(BORROWER_TYPES).openapi(DESCRIPTIONS.borrowerType),
    externalId: z.string().min(1).nullable().openapi(DESCRIPTIONS.externalId),
    status: z.enum(BORROWER_STATUSES).openapi(DESCRIPTIONS.status),
    collectionsIntensity: z
      .enum(COLLECTIONS_INTENSITIES)
      .openapi(DESCRIPTIONS.collectionsIntensity),
    metaData: MetaData.nullable().openapi(DESCRIPTIONS.metaData),
    commPreferences: z
      .strictObject({
        statementDeliveryChannels: z
          .array(z.string())
          .openapi(DESCRIPTIONS.statementDeliveryChannels),
        sendRemindersWhenCurrent: z.boolean().openapi(DESCRIPTIONS.sendRemindersWhenCurrent),
      })
      .partial()
      .nullable()
      .openapi({ description: "The borrower's preferences." }),
  })
  .partial()
  .openapi({
    description:
      "The borrower of the path at the time of the interaction, where that differs from the present. Stored with the interaction; the borrower is not changed.",
  });
