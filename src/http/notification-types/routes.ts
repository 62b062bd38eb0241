import { OpenAPIHono } from "@hono/zod-openapi";
import type { TypeFields } from "../../domain/resolve/type-version.ts";
import { actingAs } from "../../store/postgres/acting-as.ts";
import { lockType } from "../../store/api/type-drafts.ts";
import { listTypeVersions } from "../../store/api/type-versions.ts";
import { callerOf, type HttpEnv } from "../core/caller.ts";
import { createType, findVersion, updateType } from "./change.ts";
import type { HttpDeps } from "../core/deps.ts";
import { success } from "../core/envelope.ts";
import { CREATE, LIST, READ, UPDATE } from "./operations.ts";
import { showType, type TypeUpdate } from "./schema.ts";
import { withIdempotencyKey } from "../core/idempotency.ts";
import { DEFAULT_LIMIT } from "../core/parameters.ts";
import { httpError } from "../core/http-error.ts";

/** Notification types, in versions. */
export function notificationTypeRoutes(deps: HttpDeps): OpenAPIHono<HttpEnv> {
  const { db } = deps;
  const app = new OpenAPIHono<HttpEnv>();

  app.openapi(CREATE, async (c) => {
    const { typeId, version } = c.req.valid("query");
    if (typeId === undefined && version !== undefined)
      throw httpError(400, "Bad request; see errors.", {
        field: "typeId",
        message: "is required with version",
      });
    const given = known(c.req.valid("json"));
    const id = await withIdempotencyKey(deps, c, async (transaction) => {
      const source =
        typeId === undefined ? undefined : await findVersion(transaction, typeId, version);
      return String(await createType(transaction, given, source));
    });
    return c.json(success(showType(await findVersion(db, Number(id), 1))), 200);
  });

  app.openapi(LIST, async (c) => {
    const { limit = DEFAULT_LIMIT, ...page } = c.req.valid("query");
    const types = await listTypeVersions(db, { ...page, limit });
    return c.json({ count: types.length, data: types.map(showType) }, 200);
  });

  app.openapi(READ, async (c) => {
    const { notificationTypeId } = c.req.valid("param");
    const found = await findVersion(db, notificationTypeId, c.req.valid("query").version);
    return c.json(success(showType(found)), 200);
  });

  app.openapi(UPDATE, async (c) => {
    const { notificationTypeId: id } = c.req.valid("param");
    const { version } = c.req.valid("query");
    const given = known(c.req.valid("json"));
    const changed = await actingAs(db, callerOf(c).actor, async (transaction) => {
      await lockType(transaction, id);
      return await updateType(transaction, await findVersion(transaction, id, version), given);
    });
    return c.json(success(showType(changed)), 200);
  });

  return app;
}

/** The body without the keys that it leaves out. */
function known(given: TypeUpdate): Partial<TypeFields> {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}
