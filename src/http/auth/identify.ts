import { createHash } from "node:crypto";
import type { Context, MiddlewareHandler } from "hono";
import { prefixOf } from "../../api-key.ts";
import { createKeyReader } from "./api-key.ts";
import { clientAddress } from "./client-address.ts";
import type { Caller, HttpEnv } from "../core/caller.ts";
import type { HttpDeps } from "../core/deps.ts";
import { HTTP_ERRORS, HttpError, type DenialReason } from "../core/http-error.ts";
import { createRateLimiter, refuseFor } from "./rate-limiter.ts";
import { createTokenReader } from "./token.ts";

interface Credential {
  readonly kind: "key" | "token";
  readonly text: string;
}

/** The time for which credentials that were valid are not counted against the address they come from (ms). */
const KNOWN_MS = 60_000;
const MAX_KNOWN = 10_000;

/**
 * Finds the caller of a request: none without credentials, a 401 for invalid ones. Limits the requests a second of each
 * caller. A request without a caller, or with credentials not known to be valid, counts against its address instead; so
 * guessing is limited too, and cannot use up the rate of callers behind the same address.
 */
export function identify({ db, tokens, perSecond }: HttpDeps): MiddlewareHandler<HttpEnv> {
  const readKey = createKeyReader(db);
  const readToken = tokens && createTokenReader(tokens);
  const addresses = createRateLimiter(perSecond);
  const callers = createRateLimiter(perSecond);
  const known = createKnownCredentials();

  return async (c, next) => {
    const credential = credentialOf(c);
    const caller = await admit(c, credential);
    c.set("caller", caller);
    if (caller !== undefined) refuseFor(callers.take(caller.id, performance.now()));
    await next();
  };

  /** Counts the request against its address before the credentials are checked, and no longer once they are valid. */
  async function admit(
    c: Context<HttpEnv>,
    credential: Credential | undefined,
  ): Promise<Caller | undefined> {
    if (credential !== undefined && known.has(credential)) return await read(c, credential);
    const address = clientAddress(c.env.incoming);
    refuseFor(addresses.take(address, performance.now()));
    if (credential === undefined) return undefined;
    const caller = await read(c, credential);
    addresses.giveBack(address);
    known.add(credential);
    return caller;
  }

  async function read(c: Context<HttpEnv>, { kind, text }: Credential): Promise<Caller> {
    if (kind === "key") {
      c.set("keyPrefix", prefixOf(text));
      return (await readKey(text)) ?? refuse("invalidKey");
    }
    return (await readToken?.(text)) ?? refuse("invalidToken");
  }
}

/** A key takes precedence over a token. Credentials of another kind count as an invalid token. */
function credentialOf(c: Context<HttpEnv>): Credential | undefined {
  const key = c.req.header("x-api-key");
  if (key !== undefined) return { kind: "key", text: key };
  const authorization = c.req.header("authorization");
  if (authorization === undefined) return undefined;
  const token = /^Bearer +([\w.~+/-]+=*)$/i.exec(authorization)?.[1];
  return { kind: "token", text: token ?? "" };
}

function refuse(reason: DenialReason): never {
  throw new HttpError(401, HTTP_ERRORS[401], {
    headers: { "WWW-Authenticate": 'Bearer error="invalid_token"' },
    reason,
  });
}

/** Credentials that were valid within the last minute, by their hash. */
function createKnownCredentials() {
  const validUntil = new Map<string, number>();
  const idOf = ({ kind, text }: Credential): string =>
    createHash("sha256").update(`${kind} ${text}`).digest("base64");
  return {
    has: (credential: Credential): boolean =>
      performance.now() < (validUntil.get(idOf(credential)) ?? 0),
    add(credential: Credential): void {
      if (validUntil.size >= MAX_KNOWN) validUntil.clear();
      validUntil.set(idOf(credential), performance.now() + KNOWN_MS);
    },
  };
}
