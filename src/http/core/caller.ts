import type { HttpBindings } from "@hono/node-server";
import type { Context, MiddlewareHandler } from "hono";
import type { Scope } from "../../domain/vocabulary.ts";
import { HTTP_ERRORS, HttpError, missingScope, type DenialReason } from "./http-error.ts";

/** The holder of an API key or of a token. */
export interface Caller {
  /** The same for every request of this key or this subject: `key:7`, `token:3f9a…`. Names no person. */
  readonly id: string;
  readonly name: string;
  /** The name for the record, `key:NAME` or `token:NAME`: neither kind can pass for the other, nor for an operator. */
  readonly actor: string;
  /** The part of an API key that may be shown; null for a token. */
  readonly keyPrefix: string | null;
  readonly scopes: ReadonlySet<string>;
}

/** The data that the app stores with a request. */
export interface HttpEnv {
  Bindings: HttpBindings;
  Variables: {
    caller: Caller | undefined;
    requestId: string;
    /**
     * The prefix of the API key that was sent, valid or not; undefined if none was sent or it has no readable prefix.
     */
    keyPrefix: string | undefined;
    /** The reason why access was denied. */
    denied: DenialReason | undefined;
    /** The number of interactions in the response. */
    shown: number | undefined;
  };
}

/** The caller of an operation. Throws where the operation requires no scope, because then there may be none. */
export function callerOf(c: Context<HttpEnv>): Caller {
  const { caller } = c.var;
  if (caller === undefined) throw new Error("this operation requires no scope");
  return caller;
}

/** Lets only callers with one of the scopes pass. */
export const requires =
  (...scopes: readonly Scope[]): MiddlewareHandler<HttpEnv> =>
  async (c, next) => {
    const { caller } = c.var;
    if (caller === undefined)
      throw new HttpError(401, HTTP_ERRORS[401], {
        headers: { "WWW-Authenticate": "Bearer" },
        reason: "noCredentials",
      });
    if (!scopes.some((scope) => caller.scopes.has(scope))) throw missingScope(scopes.join(" or "));
    await next();
  };
