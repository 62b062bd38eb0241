import type { MiddlewareHandler } from "hono";
import type { HttpEnv } from "../core/caller.ts";
import { clientAddress } from "./client-address.ts";
import { createConcurrencyLimiter } from "./concurrency-limiter.ts";
import { refuseFor } from "./rate-limiter.ts";

/** Less than half of the connections to the database, so two callers can never occupy all of them. */
const MAX_IN_FLIGHT = 4;
const MAX_WAITING = 100;
const RETRY_AFTER_SECONDS = 1;

/**
 * Limits the requests in flight of each caller; more of them wait, and beyond that they get a 429. A request is in flight
 * until its response is written, so a client that reads slowly cannot pile up responses in memory.
 */
export function limitConcurrency(): MiddlewareHandler<HttpEnv> {
  const acquire = createConcurrencyLimiter(MAX_IN_FLIGHT, MAX_WAITING);
  return async (c, next) => {
    const free = await acquire(c.var.caller?.id ?? clientAddress(c.env.incoming));
    if (free === undefined) return refuseFor(RETRY_AFTER_SECONDS);
    const { outgoing } = c.env;
    if (outgoing.closed) free();
    else outgoing.once("close", free);
    await next();
  };
}
