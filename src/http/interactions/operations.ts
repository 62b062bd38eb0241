import { z } from "@hono/zod-openapi";
import { list, one } from "../core/envelope.ts";
import { InteractionChange, NewInteraction } from "./body.ts";
import { InteractionQuery } from "./filters.ts";
import { Interaction, WrittenInteraction } from "./schema.ts";
import { IdempotencyHeaders } from "../core/idempotency.ts";
import { answers, body, operation } from "../core/operation.ts";

const tags = ["Interactions"];

const personId = z.string().min(1).openapi({
  description: "Id of the borrower, or `ext-` followed by the lender's own id.",
  example: "BO-7",
});
const interactionId = z.string().min(1).openapi({
  description: "Id of the interaction, or `ext-` followed by the lender's own id.",
  example: "1042",
});
export const PersonPath = z.strictObject({ personId });
export const InteractionPath = z.strictObject({ interactionId });
export const PersonInteractionPath = z.strictObject({ personId, interactionId });

const url = z.string().nullable();
const Page = list(Interaction, {
  total: z.int().openapi({
    description:
      "The number of interactions in the whole list now. It is counted to 10,000: 10000 means that many or more.",
    example: 112,
  }),
  nextUrl: url.openapi({
    description:
      "The next page: below HTTP_PUBLIC_URL where that is set, otherwise a path on this server. Null at the end.",
    example: "https://lender.example/interactions?limit=25&startingAfter=1018",
  }),
  previousUrl: url.openapi({
    description: "The previous page, written like nextUrl. Null at the beginning.",
    example: null,
  }),
});

export const LOG = operation(
  { scope: "interaction:write", refuses: [404, 409] },
  {
    method: "post",
    path: "/people/{personId}/interactions",
    operationId: "logInteraction",
    tags,
    summary: "Log an interaction",
    description:
      "Stores a communication that takes place outside Tidings. It is never sent. Fields that are left out are null, except that `sensitive` is false and `startedAt` is the time of the request.",
    request: { headers: IdempotencyHeaders, params: PersonPath, body: body(NewInteraction) },
    responses: answers(WrittenInteraction, "The interaction as it is stored."),
  },
);

export const LIST_OF_PERSON = operation(
  { scope: "interaction:read", refuses: [404] },
  {
    method: "get",
    path: "/people/{personId}/interactions",
    operationId: "listInteractionsOfPerson",
    tags,
    summary: "List a borrower's interactions",
    description:
      "Interactions that Tidings sends and interactions that others logged, newest first by default. A page may have fewer results than `limit` where they are large; `nextUrl` continues the list.",
    request: { params: PersonPath, query: InteractionQuery },
    responses: answers(Page, "A page of interactions."),
  },
);

export const LIST = operation(
  { scope: "interaction:read" },
  {
    method: "get",
    path: "/interactions",
    operationId: "listInteractions",
    tags,
    summary: "List interactions",
    description:
      "Interactions of all borrowers, newest first by default. Lists of one borrower or one case are fast at any size; other filters read until the page is full. A page may have fewer results than `limit` where they are large; `nextUrl` continues the list.",
    request: { query: InteractionQuery },
    responses: answers(Page, "A page of interactions."),
  },
);

export const READ_OF_PERSON = operation(
  { scope: "interaction:read", refuses: [404] },
  {
    method: "get",
    path: "/people/{personId}/interactions/{interactionId}",
    operationId: "getInteractionOfPerson",
    tags,
    summary: "Read a borrower's interaction",
    request: { params: PersonInteractionPath },
    responses: answers(one(Interaction), "The interaction."),
  },
);

export const READ = operation(
  { scope: "interaction:read", refuses: [404] },
  {
    method: "get",
    path: "/interactions/{interactionId}",
    operationId: "getInteraction",
    tags,
    summary: "Read an interaction",
    request: { params: InteractionPath },
    responses: answers(one(Interaction), "The interaction."),
  },
);

export const CHANGE = operation(
  { scope: "interaction:write", or: "interaction:send", refuses: [404, 409] },
  {
    method: "put",
    path: "/people/{personId}/interactions/{interactionId}",
    operationId: "changeInteraction",
    tags,
    summary: "Change a borrower's interaction",
    description:
      "Fields that are left out keep their values. An interaction that others logged can be corrected with interaction:write; its status moves forward only, and every change is recorded. An interaction that Tidings sends takes `metaData` and `externalId` with interaction:write. With interaction:send it can be canceled while it is scheduled (`failureDescriptionLong` is the reason), and afterwards takes receipts: the status succeeded or failed, and `statusDetails` of a later stage.",
    request: { params: PersonInteractionPath, body: body(InteractionChange) },
    responses: answers(WrittenInteraction, "The interaction as it is now."),
  },
);
