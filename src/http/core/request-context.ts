import { randomUUID } from "node:crypto";
import type { Context, MiddlewareHandler } from "hono";
import { matchedRoutes } from "hono/route";
import type { HttpEnv } from "./caller.ts";
import type { HttpDeps } from "./deps.ts";

/** The headers of every response that does not set them itself. A response is data about a borrower, for its caller only. */
const HEADERS: Readonly<Record<string, string>> = {
  "Cache-Control": "no-store",
  "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
  "Cross-Origin-Resource-Policy": "same-origin",
  "Referrer-Policy": "no-referrer",
  "X-Content-Type-Options": "nosniff",
  "X-Frame-Options": "DENY",
};

/** Gives every request an id, every response safe headers, and writes one line to the log. */
export const requestContext =
  ({ emit }: HttpDeps): MiddlewareHandler<HttpEnv> =>
  async (c, next) => {
    const startedAt = performance.now();
    c.set("requestId", randomUUID());
    await next();
    const { headers } = c.res;
    headers.set("X-Request-Id", c.var.requestId);
    for (const [name, value] of Object.entries(HEADERS))
      if (!headers.has(name)) headers.set(name, value);
    log(emit, c, Math.round(performance.now() - startedAt));
  };

/** The log has the route and never the path, which may contain ids that a lender has chosen. */
function log(emit: HttpDeps["emit"], c: Context<HttpEnv>, durationMs: number): void {
  const { requestId, caller, keyPrefix = null, denied, shown = null } = c.var;
  const { status } = c.res;
  const request = { requestId, method: c.req.method, route: routeOf(c), status, durationMs };
  const by = { caller: caller?.id ?? null, keyPrefix };
  if (denied !== undefined) return emit("http.denied", { ...request, ...by, reason: denied });
  if (caller === undefined && shown === null) return emit("http.publicAnswered", request);
  emit("http.answered", { ...request, ...by, interactions: shown });
}

const EVERY_PATH = "/*";

/** The route that matched, without the middleware that matches every path. */
const routeOf = (c: Context<HttpEnv>): string =>
  matchedRoutes(c).findLast(({ path }) => path !== EVERY_PATH)?.path ?? EVERY_PATH;
