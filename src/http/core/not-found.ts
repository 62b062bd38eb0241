import type { Context, Hono } from "hono";
import { answerHttpError } from "./answer-error.ts";
import type { HttpEnv } from "./caller.ts";
import { HTTP_ERRORS, HttpError, httpError } from "./http-error.ts";

const patternOf = (path: string): RegExp =>
  new RegExp(`^${path.replaceAll(/:[^/]+/g, "[^/]+").replaceAll(".", "\\.")}$`);

/** 404 for an unknown path; 405 with Allow where only the method is unknown, which the framework answers with 404. */
export function answerUnknown(app: Hono<HttpEnv>): (c: Context<HttpEnv>) => Response {
  const known = app.routes
    .filter(({ method }) => method !== "ALL")
    .map(({ method, path }) => ({ method, pattern: patternOf(path) }));
  return (c) => {
    const methods = known
      .filter(({ pattern }) => pattern.test(c.req.path))
      .flatMap(({ method }) => (method === "GET" ? ["GET", "HEAD"] : [method]));
    if (methods.length === 0)
      return answerHttpError(c, httpError(404, `${HTTP_ERRORS[404]} /docs lists all paths.`));
    const allow = [...new Set(methods)].toSorted().join(", ");
    return answerHttpError(c, new HttpError(405, HTTP_ERRORS[405], { headers: { Allow: allow } }));
  };
}
