import type { Context, MiddlewareHandler } from "hono";
import { openKeys } from "./api-key.ts";
import type { Caller, HttpEnv } from "../core/caller.ts";
import type { HttpDeps } from "../core/deps.ts";
import { HttpError } from "../core/http-error.ts";
import { openTokens, type ReadToken } from "./token.ts";

/** Finds out who calls. Whoever sends nothing is nobody; whoever sends what is not valid is refused. */
export function identify({ db, tokens }: HttpDeps): MiddlewareHandler<HttpEnv> {
  const readKey = openKeys(db);
  const readToken: ReadToken | undefined = tokens && openTokens(tokens);
  return async (c, next) => {
    c.set("caller", await callerOf(c));
    await next();
  };

  async function callerOf(c: Context<HttpEnv>): Promise<Caller | undefined> {
    const key = c.req.header("x-api-key");
    if (key !== undefined) return (await readKey(key)) ?? refuse("key");
    const authorization = c.req.header("authorization");
    if (authorization === undefined) return undefined;
    const token = /^Bearer +([\w.~+/-]+=*)$/i.exec(authorization)?.[1];
    if (token === undefined || readToken === undefined) return refuse("token");
    return (await readToken(token)) ?? refuse("token");
  }
}

function refuse(what: "key" | "token"): never {
  throw new HttpError(401, `The ${what} is not valid, or not any more: ask for a new one.`, {
    headers: { "WWW-Authenticate": 'Bearer error="invalid_token"' },
  });
}
