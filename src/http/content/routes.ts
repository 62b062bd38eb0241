import { OpenAPIHono, type z } from "@hono/zod-openapi";
import type { Context } from "hono";
import { openContent } from "../../seal.ts";
import { callerOf, type HttpEnv } from "../core/caller.ts";
import type { HttpDeps } from "../core/deps.ts";
import { success } from "../core/envelope.ts";
import { interactionOf } from "../interactions/resolve-references.ts";
import { publicUrl } from "../core/public-url.ts";
import { CONTENT, CONTENT_OF_PERSON, RECORDED, type SignedUrl } from "./operations.ts";
import { recordedContent } from "./recorded-content.ts";
import { httpError, type HttpError } from "../core/http-error.ts";
import { noteShown } from "../interactions/reveals.ts";
import { mayRead } from "../interactions/show.ts";
import { checkSigned, signPath } from "./signed-url.ts";

const VALID_MS = 15 * 60_000;
/** Mail shown to a colleague must not run, submit, navigate, or fetch anything: not even the pixel that says it was read. */
const POLICY = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:";

/** What was said or sent, as a document: found by those who may read it, under a URL that lasts a while. */
export function recordedContentRoutes(deps: HttpDeps): OpenAPIHono<HttpEnv> {
  const app = new OpenAPIHono<HttpEnv>();

  app.openapi(CONTENT_OF_PERSON, async (c) =>
    lead(deps, c, { ...c.req.valid("param"), ...c.req.valid("query") }),
  );
  app.openapi(CONTENT, async (c) =>
    lead(deps, c, { ...c.req.valid("param"), ...c.req.valid("query") }),
  );
  app.openapi(RECORDED, async (c) => {
    const verdict = checkSigned(deps, { path: c.req.path, ...c.req.valid("query") });
    if (verdict !== "valid")
      throw httpError(403, `This URL is ${verdict}: ask for another one under /interactions.`);
    const record = await interactionOf(deps.db, c.req.valid("param"));
    const content = openContent(record.content, deps.seal);
    if (content === null) throw nothingRecorded();
    const { type, body } = recordedContent(record.channel, content);
    return c.body(body, 200, { "Content-Type": type, "Content-Security-Policy": POLICY });
  });
  return app;
}

interface Wanted {
  readonly personId?: string;
  readonly interactionId: string;
  readonly returnUrl: "true" | "false";
}

async function lead(deps: HttpDeps, c: Context<HttpEnv>, { returnUrl, ...path }: Wanted) {
  const found = await signedUrl(deps, c, path);
  return returnUrl === "true" ? c.json(success(found), 200) : c.redirect(found.url, 302);
}

/** Whoever is given the URL can read the content: that is what goes on record. */
async function signedUrl(
  deps: HttpDeps,
  c: Context<HttpEnv>,
  path: Omit<Wanted, "returnUrl">,
): Promise<z.infer<typeof SignedUrl>> {
  const record = await interactionOf(deps.db, path);
  const caller = callerOf(c);
  if (record.content === null) throw nothingRecorded();
  if (!mayRead(record, caller))
    throw httpError(
      403,
      "This content is sensitive: it needs the scope interaction:read.sensitive.",
    );
  await noteShown(deps, caller, [record]);
  const expiresAt = new Date(deps.clock().getTime() + VALID_MS);
  const url = publicUrl(deps, signPath(deps, `/recorded-content/${record.id}`, expiresAt));
  return { url, expiresAt: expiresAt.toISOString() };
}

const nothingRecorded = (): HttpError =>
  httpError(404, "No content is recorded of this interaction.", {
    field: "interactionId",
    message: "has no recorded content",
  });
