import { createHash } from "node:crypto";
import { createRemoteJWKSet, errors, jwtVerify, type JWTPayload } from "jose";
import type { Caller } from "../core/caller.ts";
import type { TokenSource } from "../core/deps.ts";
import { HttpError } from "../core/http-error.ts";

/** Asymmetric ones only: with a shared secret whoever can check a token could also make one. */
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
];
const MORE_ALGORITHMS = ["EdDSA", "Ed25519"];
const CLOCK_TOLERANCE_SECONDS = 30;
const JWKS_TIMEOUT_MS = 3_000;
const LONGEST_NAME = 64;

/** Resolves to the caller a token names, or to undefined where it is not valid. */
export type ReadToken = (token: string) => Promise<Caller | undefined>;

/**
 * Checks tokens against the issuer's keys, which are fetched when first needed and kept. Throws a 503 when they cannot
 * be fetched: the token may well be right.
 */
export function openTokens({ jwksUrl, issuer, audience }: TokenSource): ReadToken {
  const keys = createRemoteJWKSet(new URL(jwksUrl), { timeoutDuration: JWKS_TIMEOUT_MS });
  return async (token) => {
    try {
      const { payload } = await jwtVerify(token, keys, {
        issuer,
        audience,
        algorithms: [...ALGORITHMS, ...MORE_ALGORITHMS],
        clockTolerance: CLOCK_TOLERANCE_SECONDS,
        requiredClaims: ["exp", "sub"],
      });
      return callerOf(payload, issuer);
    } catch (error) {
      if (isWrong(error)) return undefined;
      throw new HttpError(503, "The keys of the token issuer cannot be fetched; try again.", {
        headers: { "Retry-After": "5" },
      });
    }
  };
}

/** Of jose's errors only the plain one and the timeout are about fetching; network errors are not its own. */
const isWrong = (error: unknown): boolean =>
  error instanceof errors.JOSEError &&
  error.code !== "ERR_JOSE_GENERIC" &&
  !(error instanceof errors.JWKSTimeout) &&
  !(error instanceof errors.JWKSInvalid);

function callerOf(payload: JWTPayload, issuer: string): Caller {
  const subject = payload.sub ?? "";
  const client = payload["client_id"] ?? payload["azp"];
  const name = typeof client === "string" && client !== "" ? client : subject;
  return {
    id: `token:${digestOf(`${issuer} ${subject}`)}`,
    name: name.slice(0, LONGEST_NAME),
    scopes: new Set([...wordsOf(payload["scope"]), ...wordsOf(payload["scp"])]),
  };
}

/** The id stands in logs, and a subject may be a person's address. */
const digestOf = (text: string): string =>
  createHash("sha256").update(text).digest("hex").slice(0, 16);

/** `scope` is words in one text (RFC 8693); `scp` is that or a list. */
function wordsOf(claim: unknown): string[] {
  if (typeof claim === "string") return claim.split(" ").filter((word) => word !== "");
  return Array.isArray(claim) ? claim.filter((word) => typeof word === "string") : [];
}
