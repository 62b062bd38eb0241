import { z } from "@hono/zod-openapi";
import { CHANNELS, DIRECTIONS, INTERACTION_STATUSES, THEMES } from "../../domain/vocabulary.ts";
import type { InteractionFilter } from "../../store/api/interaction-filter.ts";
import type { PageRequest } from "../../store/api/interaction-pages.ts";
import { parseCaseId, parseContactId, parseInteractionId, parseLoanId } from "../../domain/ids.ts";
import type { BorrowerId, InteractionId } from "../../domain/ids.ts";
import { StatusDetails, Subject } from "./body.ts";
import { Moment, MomentAfter } from "../core/moment.ts";
import { DEFAULT_LIMIT, limitParameter } from "../core/parameters.ts";
import { readReference } from "../core/reference-id.ts";

const MAX_VALUES = 50;
const SORTS = ["createdAt", "scheduledAtFrom", "startedAt", "statusUpdatedAt"] as const;

/** A parameter that may be repeated: an interaction must have one of the values. */
const words = <Word extends z.ZodType>(word: Word, description: string, example: string) =>
  z
    .union([word.transform((one) => [one]), z.array(word).max(MAX_VALUES)])
    .optional()
    .openapi({
      type: "array",
      items: { type: "string", ...(word instanceof z.ZodEnum && { enum: word.options }) },
      maxItems: MAX_VALUES,
      description: `${description} Repeat the parameter to allow several values.`,
      example: [example],
      param: { style: "form", explode: true },
    });

const cursor = (description: string) =>
  z
    .string()
    .transform((text, context) => {
      const id = parseInteractionId(text);
      if (id === undefined) context.addIssue("must be the id of an interaction");
      return id;
    })
    .optional()
    .openapi({ description, example: "1042" });

const name = z.string().min(1);

/** The query of a list. */
export const InteractionQuery = z.strictObject({
  channel: words(z.enum(CHANNELS), "Only these channels.", "voice"),
  status: words(z.enum(INTERACTION_STATUSES), "Only these statuses.", "succeeded"),
  statusDetails: words(StatusDetails, "Only these details.", "voiceLeftVoicemail"),
  theme: words(z.enum(THEMES), "Only these themes.", "opsServicing"),
  subject: words(Subject, "Only these subjects.", "freeForm"),
  direction: words(z.enum(DIRECTIONS), "Only this direction.", "outbound"),
  loanId: words(name, "Only these loans, by id or `ext-` and external id.", "LN-42"),
  caseId: words(name, "Only these cases.", "CS-42"),
  contactId: words(name, "Only these contacts, by id or `ext-` and external id.", "CT-118"),
  notificationTypeId: words(
    z.string().regex(/^[1-9]\d{0,8}$/, "must be the id of a notification type"),
    "Only these notification types, every version.",
    "7",
  ),
  providerMessageId: words(name, "Only these message ids of a provider.", "SM0123"),
  supercaseBulkOperationId: words(name, "Only these bulk operations.", "BULK-7"),
  dueFrom: Moment.optional().openapi({
    description:
      "Only those with a scheduledAtFrom of this time or later. A date means midnight UTC.",
    example: "2031-03-01",
  }),
  dueTo: MomentAfter.optional().openapi({
    description:
      "Only those with a scheduledAtFrom of this time or earlier. A date includes the whole day in UTC.",
    example: "2031-03-31",
  }),
  createdAtFrom: Moment.optional().openapi({
    description: "Only those stored at this time or later. A date means midnight UTC.",
    example: "2031-03-01",
  }),
  createdAtTo: MomentAfter.optional().openapi({
    description: "Only those stored at this time or earlier. A date includes the whole day in UTC.",
    example: "2031-03-31",
  }),
  sensitive: z
    .enum(["true", "false"])
    .transform((word) => word === "true")
    .optional()
    .openapi({
      type: "boolean",
      description: "true: only sensitive interactions. false: only others.",
    }),
  sortBy: z.enum(SORTS).default("createdAt").openapi({
    description:
      "The field to sort by. createdAt is the order of the ids. Interactions without a time come last.",
  }),
  order: z.enum(["asc", "desc"]).default("desc").openapi({ description: "desc: newest first." }),
  limit: limitParameter,
  startingAfter: cursor("Returns the page after this id, in list order."),
  endingBefore: cursor(
    "Returns the page before this id, in list order. Takes precedence over startingAfter.",
  ),
});
export type InteractionQuery = z.infer<typeof InteractionQuery>;

/** The filter of a query. */
export function filterOf(query: InteractionQuery, personId?: BorrowerId): InteractionFilter {
  const { createdAtFrom, createdAtTo, dueFrom, dueTo, ...rest } = query;
  const { loanId, contactId, caseId, notificationTypeId, ...same } = rest;
  return {
    ...same,
    personId,
    caseId: caseId?.map(parseCaseId),
    loanId: loanId?.map((id) => readReference(id, parseLoanId)),
    contactId: contactId?.map((id) => readReference(id, parseContactId)),
    notificationTypeId: notificationTypeId?.map(Number),
    dueFrom,
    dueBefore: dueTo,
    createdFrom: createdAtFrom,
    createdBefore: createdAtTo,
  };
}

/** The page of a query. */
export function pageOf(query: InteractionQuery): PageRequest {
  const { sortBy, order, limit = DEFAULT_LIMIT, startingAfter, endingBefore } = query;
  return { sortBy, order, limit, cursor: cursorOf(startingAfter, endingBefore) };
}

function cursorOf(
  after: InteractionId | undefined,
  before: InteractionId | undefined,
): PageRequest["cursor"] {
  if (before !== undefined) return { id: before, side: "before" };
  return after === undefined ? undefined : { id: after, side: "after" };
}
