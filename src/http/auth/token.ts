import { createHash } from "node:crypto";
import { createRemoteJWKSet, errors, jwtVerify, type JWTPayload } from "jose";
import type { Caller } from "../core/caller.ts";
import type { TokenSource } from "../core/deps.ts";
import { HttpError } from "../core/http-error.ts";

/** Asymmetric algorithms only: a party that can check a shared secret could also sign with it. */
const ALGORITHMS = [
  "RS256",
  "RS384",
  "RS512",
  "PS256",
  "PS384",
  "PS512",
  "ES256",
  "ES384",
  "ES512",
  "EdDSA",
  "Ed25519",
];
const CLOCK_TOLERANCE_SECONDS = 30;
const JWKS_TIMEOUT_MS = 3_000;
/** The same form as the name of a key, because it is written into the record and shown on terminals. */
const CLIENT_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

/** Resolves to the caller of a valid token, otherwise to undefined. */
export type ReadToken = (token: string) => Promise<Caller | undefined>;

/**
 * Checks tokens against the issuer's keys, which are fetched when first needed and then cached. Throws a 503 when they
 * cannot be fetched, because the token may be valid.
 */
export function createTokenReader(source: TokenSource): ReadToken {
  const { jwksUrl, issuer, audience, maxAgeMs, type } = source;
  const keys = createRemoteJWKSet(new URL(jwksUrl), { timeoutDuration: JWKS_TIMEOUT_MS });
  const options = {
    issuer,
    audience,
    algorithms: ALGORITHMS,
    clockTolerance: CLOCK_TOLERANCE_SECONDS,
    maxTokenAge: maxAgeMs / 1_000,
    requiredClaims: ["exp", "sub"],
    ...(type !== undefined && { typ: type }),
  };
  return async (token) => {
    try {
      const { payload } = await jwtVerify(token, keys, options);
      return callerOf(payload, issuer);
    } catch (error) {
      if (isInvalid(error)) return undefined;
      throw new HttpError(503, "The keys of the token issuer cannot be fetched. Try again.", {
        headers: { "Retry-After": "5" },
      });
    }
  };
}

/** Only jose's generic error and its timeout are about fetching keys; network errors are not jose's own. */
const isInvalid = (error: unknown): boolean =>
  error instanceof errors.JOSEError &&
  error.code !== "ERR_JOSE_GENERIC" &&
  !(error instanceof errors.JWKSTimeout) &&
  !(error instanceof errors.JWKSInvalid);

/** Undefined where a claim cannot name a caller on record: names are never shortened or repaired, since two could become one. */
function callerOf(payload: JWTPayload, issuer: string): Caller | undefined {
  const subject: unknown = payload.sub;
  const name = payload["client_id"] ?? payload["azp"] ?? subject;
  if (typeof subject !== "string" || subject === "" || !subject.isWellFormed()) return undefined;
  if (typeof name !== "string" || !CLIENT_NAME.test(name)) return undefined;
  return {
    id: `token:${digestOf(`${issuer} ${subject}`)}`,
    name,
    actor: `token:${name}`,
    keyPrefix: null,
    scopes: new Set([...wordsOf(payload["scope"]), ...wordsOf(payload["scp"])]),
  };
}

/** The id is logged, and a subject may be a person's address. */
const digestOf = (text: string): string =>
  createHash("sha256").update(text).digest("hex").slice(0, 16);

/** `scope` is words in one text (RFC 8693); `scp` is the same or a list. */
function wordsOf(claim: unknown): string[] {
  if (typeof claim === "string") return claim.split(" ").filter((word) => word !== "");
  return Array.isArray(claim) ? claim.filter((word) => typeof word === "string") : [];
}
