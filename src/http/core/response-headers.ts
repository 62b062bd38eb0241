import { randomUUID } from "node:crypto";
import type { MiddlewareHandler } from "hono";
import { routePath } from "hono/route";
import type { HttpEnv } from "./caller.ts";
import type { HttpDeps } from "./deps.ts";

/** Unless a route says otherwise: an answer is data about a borrower, for its caller alone, and no page. */
const HEADERS: Readonly<Record<string, string>> = {
  "Cache-Control": "no-store",
  "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
  "Cross-Origin-Resource-Policy": "same-origin",
  "Referrer-Policy": "no-referrer",
  "X-Content-Type-Options": "nosniff",
  "X-Frame-Options": "DENY",
};

/** What is around every answer: an id to speak of it, safe headers, and a line in the log with the route, never the path. */
export const requestContext =
  ({ emit }: HttpDeps): MiddlewareHandler<HttpEnv> =>
  async (c, next) => {
    const began = performance.now();
    const requestId = randomUUID();
    c.set("requestId", requestId);
    await next();
    const { headers, status } = c.res;
    headers.set("X-Request-Id", requestId);
    for (const [name, value] of Object.entries(HEADERS))
      if (!headers.has(name)) headers.set(name, value);
    emit("http.answered", {
      requestId,
      method: c.req.method,
      route: routePath(c, -1),
      status,
      durationMs: Math.round(performance.now() - began),
      caller: c.var.caller?.id ?? null,
    });
  };
