import { OpenAPIHono } from "@hono/zod-openapi";
import type { Context } from "hono";
import { listInteractions } from "../../store/api/interaction-pages.ts";
import { callerOf, type HttpEnv } from "../core/caller.ts";
import { changeOne } from "./change.ts";
import type { HttpDeps } from "../core/deps.ts";
import { success } from "../core/envelope.ts";
import { given } from "./body.ts";
import { filterOf, pageOf, type InteractionQuery } from "./filters.ts";
import { CHANGE, LIST, LIST_OF_PERSON, LOG, READ, READ_OF_PERSON } from "./operations.ts";
import { logNew } from "./log.ts";
import { interactionOf, personOf } from "./resolve-references.ts";
import { pageUrls } from "./page-urls.ts";
import { publicUrl } from "../core/public-url.ts";
import { httpError } from "../core/http-error.ts";
import { showInteractions } from "./show.ts";

/** The resource of the interactions: what Tidings sends itself, and what others log. */
export function interactionRoutes(deps: HttpDeps): OpenAPIHono<HttpEnv> {
  const app = new OpenAPIHono<HttpEnv>();

  app.openapi(LOG, async (c) => {
    const { personId } = c.req.valid("param");
    const id = await logNew(deps, c, { personId, body: given(c.req.valid("json")) });
    return c.json(await showOne(deps, c, { interactionId: id }), 200);
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
    return c.json(await showOne(deps, c, { interactionId: id }), 200);
  });

  return app;
}

async function showOne(
  deps: HttpDeps,
  c: Context<HttpEnv>,
  path: { readonly personId?: string; readonly interactionId: string },
) {
  const record = await interactionOf(deps.db, path);
  const [shown] = await showInteractions(deps, callerOf(c), [record]);
  if (shown === undefined) throw new Error("one record makes one answer");
  return success(shown);
}

async function showPage(
  deps: HttpDeps,
  c: Context<HttpEnv>,
  { query, personId }: { readonly query: InteractionQuery; readonly personId?: string },
) {
  const part = pageOf(query);
  const page = await listInteractions(deps.db, filterOf(query, personId), part);
  if (page === undefined)
    throw httpError(
      400,
      "The page cannot be found: begin the list anew, or sort it by createdAt.",
      {
        field: query.endingBefore === undefined ? "startingAfter" : "endingBefore",
        message: "names no interaction, and so no place in this order",
      },
    );
  const data = await showInteractions(deps, callerOf(c), page.rows);
  const asked = { url: c.req.url, publicly: (path: string) => publicUrl(deps, path) };
  return { total: page.total, count: data.length, ...pageUrls(asked, page, part), data };
}
