import { randomUUID } from "node:crypto";
import { OpenAPIHono, type z } from "@hono/zod-openapi";
import type { Context } from "hono";
import type { InteractionRecord } from "../../domain/interaction-record.ts";
import { recordReveals, recordUrlFetch } from "../../store/operate/content-reveals.ts";
import { callerOf, type HttpEnv } from "../core/caller.ts";
import type { HttpDeps } from "../core/deps.ts";
import { success } from "../core/envelope.ts";
import { HTTP_ERRORS, HttpError, httpError, missingScope } from "../core/http-error.ts";
import { publicUrl } from "../core/public-url.ts";
import { interactionOf } from "../interactions/resolve-references.ts";
import { contentOf, isSensitive, mayRead } from "../interactions/sensitive.ts";
import { CONTENT, CONTENT_OF_PERSON, RECORDED, type SignedUrl } from "./operations.ts";
import { recordedContent } from "./recorded-content.ts";
import { checkSignature, signPath } from "./signed-url.ts";

const VALID_MS = 15 * 60_000;
/** An email shown to an employee must not run, submit, navigate or fetch anything, not even a tracking pixel. */
const POLICY = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:";

/** Recorded content as a document. A caller who may read it gets a URL that is valid for a limited time. */
export function recordedContentRoutes(deps: HttpDeps): OpenAPIHono<HttpEnv> {
  const app = new OpenAPIHono<HttpEnv>();

  app.openapi(CONTENT_OF_PERSON, async (c) =>
    answerWithUrl(deps, c, { ...c.req.valid("param"), ...c.req.valid("query") }),
  );
  app.openapi(CONTENT, async (c) =>
    answerWithUrl(deps, c, { ...c.req.valid("param"), ...c.req.valid("query") }),
  );
  app.openapi(RECORDED, async (c) => {
    const { signature, ...rest } = c.req.valid("query");
    const permission = { path: c.req.path, ...rest };
    const verdict = checkSignature(deps, permission, signature);
    if (verdict !== "valid") throw invalidUrl(verdict);
    const record = await interactionOf(deps.db, c.req.valid("param"));
    const content = contentOf(deps, record);
    if (content === null) throw noContent();
    await recordFetch(deps, record, permission.urlId);
    c.set("shown", 1);
    const { type, body } = recordedContent(record.channel, content);
    return c.body(body, 200, { "Content-Type": type, "Content-Security-Policy": POLICY });
  });
  return app;
}

interface UrlRequest {
  readonly personId?: string;
  readonly interactionId: string;
  readonly returnUrl: "true" | "false";
}

async function answerWithUrl(
  deps: HttpDeps,
  c: Context<HttpEnv>,
  { returnUrl, ...path }: UrlRequest,
) {
  const found = await createUrl(deps, c, path);
  return returnUrl === "true" ? c.json(success(found), 200) : c.redirect(found.url, 302);
}

/** Records the request for the URL of sensitive content before the URL is returned. */
async function createUrl(
  deps: HttpDeps,
  c: Context<HttpEnv>,
  path: Omit<UrlRequest, "returnUrl">,
): Promise<z.infer<typeof SignedUrl>> {
  const record = await interactionOf(deps.db, path);
  const caller = callerOf(c);
  if (record.content === null) throw noContent();
  if (!mayRead(record, caller)) throw missingScope("interaction:read.sensitive");
  const urlId = randomUUID();
  if (isSensitive(record)) {
    checkUrlsAreSafe(deps);
    await recordReveals(deps.db, {
      interactionIds: [record.id],
      revealedBy: caller.actor,
      way: "rest",
      urlId,
    });
  }
  const expiresAt = new Date(deps.clock().getTime() + VALID_MS);
  const signed = signPath(deps, { path: `/recorded-content/${record.id}`, urlId, expiresAt });
  return { url: publicUrl(deps, signed), expiresAt: expiresAt.toISOString() };
}

/** A valid signature is not enough for sensitive content: a request for this URL must be on record. */
async function recordFetch(
  deps: HttpDeps,
  record: InteractionRecord,
  urlId: string,
): Promise<void> {
  if (!isSensitive(record)) return;
  checkUrlsAreSafe(deps);
  if (!(await recordUrlFetch(deps.db, { interactionId: record.id, urlId })))
    throw invalidUrl("forged");
}

/**
 * Without a content key, URLs are signed with a secret in the database, and anyone who reads the database could sign
 * them.
 */
function checkUrlsAreSafe({ seal }: HttpDeps): void {
  if (seal !== undefined) return;
  throw new HttpError(
    403,
    "Sensitive content is served by URL only where CONTENT_KEY is set. Read `content` of the interaction.",
    { reason: "noSealedUrls" },
  );
}

const invalidUrl = (verdict: "forged" | "expired"): HttpError =>
  new HttpError(403, `This URL is ${verdict}. Request another one under /interactions.`, {
    reason: verdict === "forged" ? "forgedUrl" : "expiredUrl",
  });

const noContent = (): HttpError =>
  httpError(404, HTTP_ERRORS[404], {
    field: "interactionId",
    message: "has no recorded content",
  });
