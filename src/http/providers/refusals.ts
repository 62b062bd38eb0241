import type { Context } from "hono";
import { clientAddress } from "../auth/client-address.ts";
import { createRateLimiter, refuseFor } from "../auth/rate-limiter.ts";
import type { HttpEnv } from "../core/caller.ts";
import { HTTP_ERRORS, HttpError, httpError } from "../core/http-error.ts";

/** Forged requests per second of one address. */
const FORGED_PER_SECOND = 5;
const BUSY_RETRY_SECONDS = 2;

/**
 * Returns a function that refuses a callback without a right signature. It throws 403, or 429 for an address that sends many
 * of them.
 */
export function createForgeryRefusal(): (c: Context<HttpEnv>) => never {
  const forgeries = createRateLimiter(FORGED_PER_SECOND);
  return (c) => {
    refuseFor(forgeries.take(clientAddress(c.env.incoming), performance.now()));
    throw new HttpError(403, HTTP_ERRORS[403], { reason: "forgedCallback" });
  };
}

/** Throws a 429 for a callback that was not kept. Its sender repeats it. */
export function refuseUnkept(isKept: boolean): void {
  if (!isKept) refuseFor(BUSY_RETRY_SECONDS);
}

/** Parses a JSON body. Throws a 400 for another text. */
export function jsonOf(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    throw httpError(400, "The body is not JSON.");
  }
}
