import { createRoute, OpenAPIHono, z } from "@hono/zod-openapi";
import type { Context } from "hono";
import { callerOf, type HttpEnv } from "./caller.ts";
import type { HttpDeps } from "./deps.ts";
import { ErrorAnswer, one, success } from "./envelope.ts";
import { InteractionPath, PersonInteractionPath } from "./interaction-operations.ts";
import { interactionOf } from "./named.ts";
import { operation } from "./operation.ts";
import { recordedContent } from "./recorded-content.ts";
import { refusal, type Refusal } from "./refusal.ts";
import { noteReveals } from "./reveals.ts";
import { mayRead, plainContent } from "./show-interaction.ts";
import { checkSigned, signPath } from "./signed-url.ts";

const VALID_MS = 15 * 60_000;
/** Mail shown to a colleague must not run, submit, navigate, or fetch anything: not even the pixel that says it was read. */
const POLICY = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:";

const Query = z.strictObject({
  returnUrl: z.enum(["true", "false"]).default("false").openapi({
    type: "boolean",
    description: "True: answer with the URL. Otherwise redirect to it.",
    example: true,
  }),
});
const SignedUrl = z.strictObject({
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

const CONTENT_OF_PERSON = operation(
  { scope: "interaction:read", refuses: [404] },
  {
    ...described,
    path: "/people/{personId}/interactions/{interactionId}/content",
    operationId: "findRecordedContentOfPerson",
    request: { params: PersonInteractionPath, query: Query },
    responses,
  },
);
const CONTENT = operation(
  { scope: "interaction:read", refuses: [404] },
  {
    ...described,
    path: "/interactions/{interactionId}/content",
    operationId: "findRecordedContent",
    request: { params: InteractionPath, query: Query },
    responses,
  },
);
const RECORDED = createRoute({
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

/** What was said or sent, as a document: found by those who may read it, under a URL that lasts a while. */
export function recordedContentRoutes(deps: HttpDeps): OpenAPIHono<HttpEnv> {
  const app = new OpenAPIHono<HttpEnv>();

  app.openapi(CONTENT_OF_PERSON, async (c) => {
    const found = await signedUrl(deps, c, c.req.valid("param"));
    return c.req.valid("query").returnUrl === "true"
      ? c.json(success(found), 200)
      : c.redirect(found.url, 302);
  });
  app.openapi(CONTENT, async (c) => {
    const found = await signedUrl(deps, c, c.req.valid("param"));
    return c.req.valid("query").returnUrl === "true"
      ? c.json(success(found), 200)
      : c.redirect(found.url, 302);
  });
  app.openapi(RECORDED, async (c) => {
    const verdict = checkSigned(deps, { path: c.req.path, ...c.req.valid("query") });
    if (verdict !== "valid")
      throw refusal(403, `This URL is ${verdict}: ask for another one under /interactions.`);
    const record = await interactionOf(deps.db, c.req.valid("param"));
    const content = plainContent(record, deps);
    if (content === null) throw nothingRecorded();
    const { type, body } = recordedContent(record.channel, content);
    return c.body(body, 200, { "Content-Type": type, "Content-Security-Policy": POLICY });
  });
  return app;
}

/** Whoever is given the URL can read the content: that is what goes on record. */
async function signedUrl(
  deps: HttpDeps,
  c: Context<HttpEnv>,
  path: { readonly personId?: string; readonly interactionId: string },
): Promise<z.infer<typeof SignedUrl>> {
  const record = await interactionOf(deps.db, path);
  const caller = callerOf(c);
  if (record.content === null) throw nothingRecorded();
  if (!mayRead(record, caller))
    throw refusal(403, "This content is sensitive: it needs the scope interaction:read.sensitive.");
  await noteReveals(deps, caller, [record]);
  const expiresAt = new Date(deps.clock().getTime() + VALID_MS);
  const url = new URL(signPath(deps, `/recorded-content/${record.id}`, expiresAt), c.req.url);
  return { url: url.href, expiresAt: expiresAt.toISOString() };
}

const nothingRecorded = (): Refusal =>
  refusal(404, "No content is recorded of this interaction.", {
    field: "interactionId",
    says: "has no recorded content",
  });
