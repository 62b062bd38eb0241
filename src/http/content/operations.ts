import { createRoute, z } from "@hono/zod-openapi";
import { ErrorAnswer, one } from "../core/envelope.ts";
import { InteractionPath, PersonInteractionPath } from "../interactions/operations.ts";
import { operation } from "../core/operation.ts";

const Query = z.strictObject({
  returnUrl: z.enum(["true", "false"]).default("false").openapi({
    type: "boolean",
    description: "True: answer with the URL. Otherwise redirect to it.",
    example: true,
  }),
});
export const SignedUrl = z.strictObject({
  url: z.string().openapi({
    description: "Serves the content to whoever holds it, without a key.",
    example: "https://lender.example/recorded-content/1042?expires=1930311722&signature=q1w2e3",
  }),
  expiresAt: z.iso.datetime().openapi({
    description: "Until then.",
    example: "2031-03-04T15:22:02.000Z",
  }),
});

const described = {
  method: "get" as const,
  tags: ["Interactions"],
  summary: "Find the recorded content",
  description:
    "What was said or sent, as a document. The URL is valid for 15 minutes. Content of a sensitive interaction needs the scope interaction:read.sensitive.",
};
const responses = {
  200: {
    description: "The URL, where returnUrl is true.",
    content: { "application/json": { schema: one(SignedUrl) } },
  },
  302: {
    description: "Leads to the recorded content.",
    headers: z.object({ Location: z.string().openapi({ description: "The URL." }) }),
  },
};

export const CONTENT_OF_PERSON = operation(
  { scope: "interaction:read", refuses: [404] },
  {
    ...described,
    path: "/people/{personId}/interactions/{interactionId}/content",
    operationId: "findRecordedContentOfPerson",
    request: { params: PersonInteractionPath, query: Query },
    responses,
  },
);
export const CONTENT = operation(
  { scope: "interaction:read", refuses: [404] },
  {
    ...described,
    path: "/interactions/{interactionId}/content",
    operationId: "findRecordedContent",
    request: { params: InteractionPath, query: Query },
    responses,
  },
);
export const RECORDED = createRoute({
  method: "get",
  path: "/recorded-content/{interactionId}",
  operationId: "fetchRecordedContent",
  tags: ["Interactions"],
  summary: "Fetch recorded content",
  description: "No key is needed: the URL itself is the permission, and is signed.",
  security: [],
  request: {
    params: InteractionPath,
    query: z.strictObject({
      expires: z
        .string()
        .regex(/^\d{1,12}$/)
        .openapi({
          description: "Until when it is valid, in seconds of Unix time.",
          example: "1930311722",
        }),
      signature: z.string().openapi({ description: "Made by Tidings.", example: "q1w2e3" }),
    }),
  },
  responses: {
    200: {
      description: "The content. What is in it cannot run, nor fetch anything.",
      content: {
        "text/html": { schema: z.string() },
        "text/plain": { schema: z.string() },
        "application/json": { schema: z.record(z.string(), z.unknown()) },
      },
    },
    ...Object.fromEntries(
      [400, 403, 404, 500, 503].map((status) => [
        status,
        {
          description: "The URL is not ours, or its time is over, or the content cannot be read.",
          content: { "application/json": { schema: ErrorAnswer } },
        },
      ]),
    ),
  },
});
