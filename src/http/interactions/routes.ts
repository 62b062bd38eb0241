import { OpenAPIHono, type z } from "@hono/zod-openapi";
import type { Context } from "hono";
import type { BorrowerId } from "../../domain/ids.ts";
import { listInteractions } from "../../store/api/interaction-pages.ts";
import { callerOf, type HttpEnv } from "../core/caller.ts";
import type { HttpDeps } from "../core/deps.ts";
import { success } from "../core/envelope.ts";
import { httpError } from "../core/http-error.ts";
import { publicUrl } from "../core/public-url.ts";
import { given } from "./body.ts";
import { AMEND, amendOne } from "./amend.ts";
import { answerCanInteract, CAN_INTERACT } from "./can-interact.ts";
import { changeOne } from "./change.ts";
import { filterOf, pageOf, type InteractionQuery } from "./filters.ts";
import { logNew } from "./log.ts";
import { CHANGE, LIST, LIST_OF_PERSON, LOG, READ, READ_OF_PERSON } from "./operations.ts";
import { pageUrls } from "./page-urls.ts";
import { interactionOf, personOf } from "./resolve-references.ts";
import type { WrittenInteraction } from "./schema.ts";
import { showInteractions } from "./show.ts";

/** Interactions: those that Tidings sends and those that others log. */
export function interactionRoutes(deps: HttpDeps): OpenAPIHono<HttpEnv> {
  const app = new OpenAPIHono<HttpEnv>();

  app.openapi(LOG, async (c) => {
    const { personId } = c.req.valid("param");
    const id = await logNew(deps, c, { personId, body: given(c.req.valid("json")) });
    return c.json(await showWritten(deps, c, id), 200);
  });

  app.openapi(LIST_OF_PERSON, async (c) => {
    const { id } = await personOf(deps.db, c.req.valid("param").personId);
    return c.json(await showPage(deps, c, { query: c.req.valid("query"), personId: id }), 200);
  });

  app.openapi(LIST, async (c) =>
    c.json(await showPage(deps, c, { query: c.req.valid("query") }), 200),
  );

  app.openapi(READ_OF_PERSON, async (c) =>
    c.json(await showOne(deps, c, c.req.valid("param")), 200),
  );

  app.openapi(READ, async (c) => c.json(await showOne(deps, c, c.req.valid("param")), 200));

  app.openapi(CHANGE, async (c) => {
    const path = c.req.valid("param");
    const id = await changeOne(deps, c, { ...path, body: given(c.req.valid("json")) });
    return c.json(await showWritten(deps, c, id), 200);
  });

  app.openapi(AMEND, async (c) =>
    c.json(await amendOne(deps, c, c.req.valid("param"), c.req.valid("json")), 200),
  );

  app.openapi(CAN_INTERACT, async (c) => {
    const { personId } = c.req.valid("param");
    return c.json(await answerCanInteract(deps, personId, c.req.valid("json")), 200);
  });

  return app;
}

interface OnePath {
  readonly personId?: string;
  readonly interactionId: string;
}

async function showOne(deps: HttpDeps, c: Context<HttpEnv>, path: OnePath) {
  const record = await interactionOf(deps.db, path);
  const [shown] = await showInteractions(deps, callerOf(c), [record]);
  if (shown === undefined) throw new Error("one record makes one answer");
  c.set("shown", 1);
  return success(shown);
}

/** The scope to write does not include the scope to read: without it a caller sees the id and the status only. */
async function showWritten(
  deps: HttpDeps,
  c: Context<HttpEnv>,
  interactionId: string,
): Promise<z.input<typeof WrittenInteraction>> {
  if (callerOf(c).scopes.has("interaction:read")) return await showOne(deps, c, { interactionId });
  const { id, status } = await interactionOf(deps.db, { interactionId });
  return success({ id, status });
}

async function showPage(
  deps: HttpDeps,
  c: Context<HttpEnv>,
  { query, personId }: { readonly query: InteractionQuery; readonly personId?: BorrowerId },
) {
  const request = pageOf(query);
  const page = await listInteractions(deps.db, filterOf(query, personId), request);
  if (page === undefined)
    throw httpError(400, "Bad request; see errors.", {
      field: query.endingBefore === undefined ? "startingAfter" : "endingBefore",
      message:
        "names no interaction, so it has no place in this order; start the list again, or sort it by createdAt",
    });
  const data = await showInteractions(deps, callerOf(c), page.rows);
  c.set("shown", data.length);
  const list = { url: c.req.url, publicUrl: (path: string) => publicUrl(deps, path) };
  return { total: page.total, count: data.length, ...pageUrls(list, page, request), data };
}
