import { createRoute, z } from "@hono/zod-openapi";
import { ErrorAnswer, one } from "../core/envelope.ts";
import { HTTP_ERRORS } from "../core/http-error.ts";
import { InteractionPath, PersonInteractionPath } from "../interactions/operations.ts";
import { operation } from "../core/operation.ts";

const Query = z.strictObject({
  returnUrl: z.enum(["true", "false"]).default("false").openapi({
    type: "boolean",
    description: "If true, the response contains the URL. Otherwise it redirects to the URL.",
    example: true,
  }),
});
export const SignedUrl = z.strictObject({
  url: z.string().openapi({
    description:
      "Serves the content without a key. Absolute where HTTP_PUBLIC_URL is set, otherwise a path on this server.",
    example:
      "https://lender.example/recorded-content/1042?expires=1930311722&urlId=0b9f3c1e-6f0f-4f0a-9a53-0c1d3b0e8f11&signature=q1w2e3",
  }),
  expiresAt: z.iso.datetime().openapi({
    description: "When the URL expires.",
    example: "2031-03-04T15:22:02.000Z",
  }),
});

const described = {
  method: "get" as const,
  tags: ["Interactions"],
  summary: "Get the URL of the recorded content",
  description:
    "The words of the communication, as a document. The URL is valid for 15 minutes. Sensitive content requires the scope interaction:read.sensitive, and is served by URL only where CONTENT_KEY is set. Each request for such a URL and each use of it is recorded.",
};
const responses = {
  200: {
    description: "The URL, if returnUrl is true.",
    content: { "application/json": { schema: one(SignedUrl) } },
  },
  302: {
    description: "Redirects to the recorded content.",
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
  description: "The signed URL is the permission, so no key is needed.",
  security: [],
  request: {
    params: InteractionPath,
    query: z.strictObject({
      expires: z
        .string()
        .regex(/^\d{1,12}$/)
        .openapi({
          description: "When the URL expires, in seconds of Unix time.",
          example: "1930311722",
        }),
      urlId: z.uuid().openapi({
        description: "The id of this URL, under which its use is recorded.",
        example: "0b9f3c1e-6f0f-4f0a-9a53-0c1d3b0e8f11",
      }),
      signature: z.string().openapi({ description: "Made by Tidings.", example: "q1w2e3" }),
    }),
  },
  responses: {
    200: {
      description: "The content. It cannot run scripts or fetch anything.",
      content: {
        "text/html": { schema: z.string() },
        "text/plain": { schema: z.string() },
        "application/json": { schema: z.record(z.string(), z.unknown()) },
      },
    },
    ...Object.fromEntries(
      ([400, 403, 404, 429, 500, 503] as const).map((status) => [
        status,
        {
          description: HTTP_ERRORS[status],
          content: { "application/json": { schema: ErrorAnswer } },
        },
      ]),
    ),
  },
});
