import type { Context, MiddlewareHandler } from "hono";
import type { Scope } from "../../domain/vocabulary.ts";
import { HttpError, httpError } from "./http-error.ts";

/** Who calls: the holder of an API key or of a token. */
export interface Caller {
  /** The same for every request of this key or this subject: `key:7`, `token:3f9a…`. Names no person. */
  readonly id: string;
  /** Goes on record with what is written: `api:NAME` is the actor. */
  readonly name: string;
  readonly scopes: ReadonlySet<string>;
}

/** What the app puts beside a request. */
export interface HttpEnv {
  Variables: { caller: Caller | undefined; requestId: string };
}

/** In whose name a request writes, as transitions record it. */
export const actorOf = (caller: Caller): string => `api:${caller.name}`;

/** Who calls an operation. Throws where it is not guarded by a scope, and anybody could come this far. */
export function callerOf(c: Context<HttpEnv>): Caller {
  const { caller } = c.var;
  if (caller === undefined) throw new Error("an operation is not guarded by a scope");
  return caller;
}

/** Lets only callers with the scope through. */
export const requires =
  (scope: Scope): MiddlewareHandler<HttpEnv> =>
  async (c, next) => {
    const { caller } = c.var;
    if (caller === undefined)
      throw new HttpError(
        401,
        "Send an API key as X-API-KEY, or a token as Authorization: Bearer.",
        {
          headers: { "WWW-Authenticate": "Bearer" },
        },
      );
    if (!caller.scopes.has(scope))
      throw httpError(403, `This needs the scope ${scope}; ask for a key or token that has it.`);
    await next();
  };
