import { z } from "@hono/zod-openapi";
import { CHANNELS, DIRECTIONS, INTERACTION_STATUSES, THEMES } from "../../domain/vocabulary.ts";
import { CONTENT_FAULTS } from "../../domain/sealed-content.ts";
import { BorrowerAnswer } from "./borrower-schema.ts";
import { ContactAnswer } from "./contact-schema.ts";
import { one } from "../core/envelope.ts";
import { DESCRIPTIONS } from "./descriptions.ts";

const text = z.string().nullable();
const yesNo = z.boolean().nullable();
const object = z.record(z.string(), z.unknown()).nullable();
const time = z.iso.datetime({ offset: true });

/** An interaction in a response. */
export const Interaction = z
  .strictObject({
    object: z.literal("interaction").openapi({ description: "The type of the object." }),
    id: z.string().openapi({ description: "Assigned by Tidings.", example: "1042" }),
    createdAt: time.openapi({
      description: "When it was stored.",
      example: "2031-03-04T15:07:02.113Z",
    }),
    updatedAt: time.nullable().openapi({
      description: "When it was last changed.",
      example: "2031-03-04T16:00:00.000Z",
    }),
    deletedAt: time.nullable().openapi({ description: "When it was marked as deleted." }),
    createdBy: z
      .strictObject({
        id: text.openapi({
          description: "The id of an API key, of a token's subject, or `tidings`.",
          example: "key:7",
        }),
        name: text.openapi({ description: "The readable name.", example: "call-center" }),
      })
      .openapi({ description: "The author." }),
    personId: text.openapi({ description: "Id of the borrower.", example: "BO-7" }),
    caseId: text.openapi({ description: "Id of the case.", example: "CS-42" }),
    channel: z.enum(CHANNELS).openapi(DESCRIPTIONS.channel),
    content: object.openapi({
      description:
        "The words of the communication. Null where nothing is stored, and where it is sensitive and the caller may not read it.",
      example: { transcript: "Asked for the police report." },
    }),
    contentFault: z.enum(CONTENT_FAULTS).nullable().openapi({
      description:
        "Why `content` is null although something is stored: no key in CONTENT_KEY opens it (CONTENT_KEY_UNKNOWN), or it was changed after it was sealed (SEAL_BROKEN).",
      example: null,
    }),
    contactId: text.openapi(DESCRIPTIONS.contactId),
    loanId: text.openapi(DESCRIPTIONS.loanId),
    loanIds: z.array(z.string()).openapi(DESCRIPTIONS.loanIds),
    subject: text.openapi(DESCRIPTIONS.subject),
    theme: z.enum(THEMES).nullable().openapi(DESCRIPTIONS.theme),
    sensitive: z.boolean().openapi(DESCRIPTIONS.sensitive),
    externalId: text.openapi(DESCRIPTIONS.externalId),
    previousInteractionId: text.openapi(DESCRIPTIONS.previousInteractionId),
    status: z.enum(INTERACTION_STATUSES).openapi(DESCRIPTIONS.status),
    statusUpdatedAt: time.openapi({
      description: "When the status last changed.",
      example: "2031-03-04T15:07:02.113Z",
    }),
    statusDetails: text.openapi(DESCRIPTIONS.statusDetails),
    statusDetailsUpdatedAt: time.nullable().openapi({
      description: "When the details last changed.",
      example: "2031-03-04T15:07:02.113Z",
    }),
    metaData: object.openapi(DESCRIPTIONS.metaData),
    isTransactional: yesNo.openapi(DESCRIPTIONS.isTransactional),
    direction: z.enum(DIRECTIONS).nullable().openapi(DESCRIPTIONS.direction),
    startedAt: time.nullable().openapi(DESCRIPTIONS.startedAt),
    endedAt: time.nullable().openapi(DESCRIPTIONS.endedAt),
    scheduledAtFrom: time.nullable().openapi(DESCRIPTIONS.scheduledAtFrom),
    scheduledAtTo: time.nullable().openapi(DESCRIPTIONS.scheduledAtTo),
    templateVersionId: text.openapi({
      description: "The template and the version that was rendered.",
      example: "12.3",
    }),
    supercaseBulkOperationId: text.openapi({
      description: "The bulk operation whose case change caused it.",
      example: "SB-3",
    }),
    failureDescriptionShort: text.openapi(DESCRIPTIONS.failureDescriptionShort),
    failureDescriptionLong: text.openapi(DESCRIPTIONS.failureDescriptionLong),
    complianceGuardRuleId: text.openapi(DESCRIPTIONS.complianceGuardRuleId),
    borrower: BorrowerAnswer,
    contact: ContactAnswer,
  })
  .openapi("Interaction", {
    description:
      "One attempt to communicate with a borrower, or one communication that others logged.",
  });
export type InteractionAnswer = z.infer<typeof Interaction>;

/** The response to a write: the whole interaction for callers who may read it, otherwise its id and status. */
export const WrittenInteraction = one(
  z.union([
    Interaction,
    z
      .strictObject({ id: Interaction.shape.id, status: Interaction.shape.status })
      .openapi("InteractionStatus", {
        description: "The answer to a caller without the scope interaction:read.",
      }),
  ]),
);
