import { z } from "@hono/zod-openapi";
import { CHANNELS, DIRECTIONS, INTERACTION_STATUSES, THEMES } from "../../domain/vocabulary.ts";
import type { InteractionFilter } from "../../store/api/interaction-filter.ts";
import type { PageOf } from "../../store/api/interaction-pages.ts";
import { StatusDetails, Subject } from "./body.ts";
import { Moment, MomentAfter } from "../core/moment.ts";
import { DEFAULT_LIMIT, limitParameter } from "../core/parameters.ts";
import { isInteractionId, readReference } from "../core/reference-id.ts";

const MOST_WORDS = 50;
const SORTS = ["createdAt", "scheduledAtFrom", "startedAt", "statusUpdatedAt"] as const;

/** A parameter that may be repeated; one of its values is enough. */
const words = <Word extends z.ZodType>(word: Word, description: string, example: string) =>
  z
    .union([word.transform((one) => [one]), z.array(word).max(MOST_WORDS)])
    .optional()
    .openapi({
      type: "array",
      items: { type: "string", ...(word instanceof z.ZodEnum && { enum: word.options }) },
      maxItems: MOST_WORDS,
      description: `${description} Repeat it for several: one is enough.`,
      example: [example],
      param: { style: "form", explode: true },
    });

const cursor = (description: string) =>
  z
    .string()
    .refine(isInteractionId, "must be the id of an interaction")
    .optional()
    .openapi({ description, example: "1042" });

const name = z.string().min(1);

/** What a list can be asked for. */
export const InteractionQuery = z.strictObject({
  channel: words(z.enum(CHANNELS), "Only these channels.", "voice"),
  status: words(z.enum(INTERACTION_STATUSES), "Only these statuses.", "succeeded"),
  statusDetails: words(StatusDetails, "Only these details.", "voiceLeftVoicemail"),
  theme: words(z.enum(THEMES), "Only these themes.", "opsServicing"),
  subject: words(Subject, "Only these subjects.", "freeForm"),
  direction: words(z.enum(DIRECTIONS), "Only this direction.", "outbound"),
  loanId: words(name, "Only about these loans, by id or `ext-` and external id.", "LN-42"),
  caseId: words(name, "Only of these cases.", "CS-42"),
  contactId: words(name, "Only to these contacts, by id or `ext-` and external id.", "CT-118"),
  createdAtFrom: Moment.optional().openapi({
    description: "Only written down then or later. A day begins at midnight UTC.",
    example: "2031-03-01",
  }),
  createdAtTo: MomentAfter.optional().openapi({
    description: "Only written down then or earlier. A day is meant whole.",
    example: "2031-03-31",
  }),
  sensitive: z
    .enum(["true", "false"])
    .transform((word) => word === "true")
    .optional()
    .openapi({ type: "boolean", description: "Only sensitive ones, or none of them." }),
  sortBy: z.enum(SORTS).default("createdAt").openapi({
    description:
      "What the list is sorted by. createdAt is the order of the ids; rows without a time come last.",
  }),
  order: z.enum(["asc", "desc"]).default("desc").openapi({ description: "Newest first is desc." }),
  limit: limitParameter,
  startingAfter: cursor("The page that begins just after this id, in list order."),
  endingBefore: cursor(
    "The page that ends just before this id, in list order; it wins over startingAfter.",
  ),
});
export type InteractionQuery = z.infer<typeof InteractionQuery>;

/** The rows a query asks for. */
export function filterOf(query: InteractionQuery, personId?: string): InteractionFilter {
  const { createdAtFrom, createdAtTo, loanId, contactId, ...same } = query;
  return {
    ...same,
    personId,
    loanId: loanId?.map(readReference),
    contactId: contactId?.map(readReference),
    createdFrom: createdAtFrom,
    createdBefore: createdAtTo,
  };
}

/** The part of them. */
export function pageOf(query: InteractionQuery): PageOf {
  const { sortBy, order, limit = DEFAULT_LIMIT, startingAfter, endingBefore } = query;
  return { sortBy, order, limit, cursor: cursorOf(startingAfter, endingBefore) };
}

function cursorOf(after: string | undefined, before: string | undefined): PageOf["cursor"] {
  if (before !== undefined) return { id: before, side: "before" };
  return after === undefined ? undefined : { id: after, side: "after" };
}
