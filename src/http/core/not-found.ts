import type { Context, Hono } from "hono";
import { answerRefusal } from "./answer-error.ts";
import type { HttpEnv } from "./caller.ts";
import { HttpError, httpError } from "./http-error.ts";

const patternOf = (path: string): RegExp =>
  new RegExp(`^${path.replaceAll(/:[^/]+/g, "[^/]+").replaceAll(".", "\\.")}$`);

/** 405 with Allow where the path is known and the method is not, which the framework answers with 404. */
export function answerUnknown(app: Hono<HttpEnv>): (c: Context<HttpEnv>) => Response {
  const known = app.routes
    .filter(({ method }) => method !== "ALL")
    .map(({ method, path }) => ({ method, pattern: patternOf(path) }));
  return (c) => {
    const methods = known
      .filter(({ pattern }) => pattern.test(c.req.path))
      .flatMap(({ method }) => (method === "GET" ? ["GET", "HEAD"] : [method]));
    if (methods.length === 0)
      return answerRefusal(c, httpError(404, "There is nothing here; /docs lists what there is."));
    const allow = [...new Set(methods)].toSorted().join(", ");
    return answerRefusal(
      c,
      new HttpError(405, `This path knows ${allow}, and not ${c.req.method}.`, {
        headers: { Allow: allow },
      }),
    );
  };
}
