import { z } from "@hono/zod-openapi";
import { list, one } from "../core/envelope.ts";
import { InteractionChange, NewInteraction } from "./body.ts";
import { InteractionQuery } from "./filters.ts";
import { Interaction } from "./schema.ts";
import { OnceHeaders } from "../core/idempotency.ts";
import { answers, body, operation } from "../core/operation.ts";

const tags = ["Interactions"];

const personId = z.string().min(1).openapi({
  description: "Id of the borrower, or `ext-` and the lender's own.",
  example: "BO-7",
});
const interactionId = z.string().min(1).openapi({
  description: "Id of the interaction, or `ext-` and the lender's own.",
  example: "1042",
});
export const PersonPath = z.strictObject({ personId });
export const InteractionPath = z.strictObject({ interactionId });
export const PersonInteractionPath = z.strictObject({ personId, interactionId });

const url = z.string().nullable();
const Page = list(Interaction, {
  total: z.int().openapi({ description: "How many the whole list holds now.", example: 112 }),
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
      "Keeps a communication that took place, or is to take place, elsewhere. Nothing is ever sent. What is left out is null, but: sensitive is false, and startedAt the time of the call.",
    request: { headers: OnceHeaders, params: PersonPath, body: body(NewInteraction) },
    responses: answers(one(Interaction), "The interaction as it is kept."),
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
    description: "Sent by Tidings and logged by others alike, newest first unless told otherwise.",
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
      "Of all borrowers, newest first unless told otherwise. A list of one borrower or one case is quick however many there are; other filters read on until the page is full.",
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
  { scope: "interaction:write", refuses: [404, 409] },
  {
    method: "put",
    path: "/people/{personId}/interactions/{interactionId}",
    operationId: "changeInteraction",
    tags,
    summary: "Change a borrower's interaction",
    description:
      "Fields that are left out keep their values. What others logged can be corrected; its status moves forward only. What Tidings sends itself takes metaData and externalId, status canceled while it is scheduled (failureDescriptionLong is the reason), and afterwards the receipts: succeeded or failed, and statusDetails that tell more than before.",
    request: { params: PersonInteractionPath, body: body(InteractionChange) },
    responses: answers(one(Interaction), "The interaction as it is now."),
  },
);
