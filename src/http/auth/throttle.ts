import type { MiddlewareHandler } from "hono";
import type { HttpEnv } from "../core/caller.ts";
import { HttpError } from "../core/http-error.ts";

/** What a caller may still ask for at once, as of a time (ms). */
interface Bucket {
  tokens: number;
  at: number;
}

/** How long a caller may save up, in seconds of its rate. */
const BURST_SECONDS = 2;
const MOST_BUCKETS = 10_000;

/**
 * Holds every caller to so many requests a second, in this process: a bucket of tokens that fills at that rate. Says how
 * long to wait, in whole seconds, or 0 where the request may go on. `now` is a monotonic time in ms.
 */
export function openBuckets(perSecond: number): (caller: string, now: number) => number {
  const capacity = Math.max(1, perSecond * BURST_SECONDS);
  const buckets = new Map<string, Bucket>();
  return (caller, now) => {
    const bucket = buckets.get(caller) ?? { tokens: capacity, at: now };
    // a caller moves to the end as it calls: the first of the map has been silent longest
    buckets.delete(caller);
    buckets.set(caller, bucket);
    if (buckets.size > MOST_BUCKETS) buckets.delete(buckets.keys().next().value ?? "");
    const gained = ((now - bucket.at) / 1_000) * perSecond;
    bucket.tokens = Math.min(capacity, bucket.tokens + gained);
    bucket.at = now;
    if (bucket.tokens < 1) return Math.ceil((1 - bucket.tokens) / perSecond);
    bucket.tokens -= 1;
    return 0;
  };
}

/** 429 with Retry-After for a caller that asks too often. Whoever says no name is not held: it is refused anyway. */
export function throttle(perSecond: number): MiddlewareHandler<HttpEnv> {
  const wait = openBuckets(perSecond);
  return async (c, next) => {
    const { caller } = c.var;
    const seconds = caller === undefined ? 0 : wait(caller.id, performance.now());
    if (seconds > 0)
      throw new HttpError(429, `Too many requests: wait ${seconds} s.`, {
        headers: { "Retry-After": String(seconds) },
      });
    await next();
  };
}
