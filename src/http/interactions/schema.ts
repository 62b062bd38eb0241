import { z } from "@hono/zod-openapi";
import { CHANNELS, DIRECTIONS, INTERACTION_STATUSES, THEMES } from "../../domain/vocabulary.ts";
import { BorrowerAnswer } from "./borrower-schema.ts";
import { ContactAnswer } from "./contact-schema.ts";
import { WORDS } from "./descriptions.ts";

const text = z.string().nullable();
const yesNo = z.boolean().nullable();
const object = z.record(z.string(), z.unknown()).nullable();
const time = z.iso.datetime({ offset: true });

/** An interaction as it is answered with. */
export const Interaction = z
  .strictObject({
    object: z.literal("interaction").openapi({ description: "Says what this is." }),
    id: z.string().openapi({ description: "Given when it was written down.", example: "1042" }),
    createdAt: time.openapi({
      description: "When it was written down.",
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
          description: "Of a key, a token's subject or Tidings.",
          example: "key:7",
        }),
        name: text.openapi({ description: "The name for people.", example: "call-center" }),
      })
      .openapi({ description: "Who wrote it down." }),
    personId: text.openapi({ description: "The borrower it was with.", example: "BO-7" }),
    caseId: text.openapi({ description: "The case it belongs to.", example: "CS-42" }),
    channel: z.enum(CHANNELS).openapi(WORDS.channel),
    content: object.openapi({
      description:
        "What was said or sent. Null where nothing is kept, and where it is sensitive and the caller may not read it.",
      example: { transcript: "Asked for the police report." },
    }),
    contactId: text.openapi(WORDS.contactId),
    loanId: text.openapi(WORDS.loanId),
    loanIds: z.array(z.string()).openapi(WORDS.loanIds),
    subject: text.openapi(WORDS.subject),
    theme: z.enum(THEMES).nullable().openapi(WORDS.theme),
    sensitive: z.boolean().openapi(WORDS.sensitive),
    externalId: text.openapi(WORDS.externalId),
    previousInteractionId: text.openapi(WORDS.previousInteractionId),
    status: z.enum(INTERACTION_STATUSES).openapi(WORDS.status),
    statusUpdatedAt: time.openapi({
      description: "When the status last changed.",
      example: "2031-03-04T15:07:02.113Z",
    }),
    statusDetails: text.openapi(WORDS.statusDetails),
    statusDetailsUpdatedAt: time.nullable().openapi({
      description: "When the details last changed.",
      example: "2031-03-04T15:07:02.113Z",
    }),
    metaData: object.openapi(WORDS.metaData),
    isTransactional: yesNo.openapi(WORDS.isTransactional),
    direction: z.enum(DIRECTIONS).nullable().openapi(WORDS.direction),
    startedAt: time.nullable().openapi(WORDS.startedAt),
    endedAt: time.nullable().openapi(WORDS.endedAt),
    scheduledAtFrom: time.nullable().openapi(WORDS.scheduledAtFrom),
    scheduledAtTo: time.nullable().openapi(WORDS.scheduledAtTo),
    templateVersionId: text.openapi({
      description: "The template and its version that were rendered.",
      example: "12.3",
    }),
    supercaseBulkOperationId: text.openapi({
      description: "The bulk operation whose case change fired it.",
      example: "SB-3",
    }),
    failureDescriptionShort: text.openapi(WORDS.failureDescriptionShort),
    failureDescriptionLong: text.openapi(WORDS.failureDescriptionLong),
    complianceGuardRuleId: text.openapi(WORDS.complianceGuardRuleId),
    borrower: BorrowerAnswer,
    contact: ContactAnswer,
  })
  .openapi("Interaction", { description: "One attempt to communicate with a borrower." });
export type InteractionAnswer = z.infer<typeof Interaction>;
