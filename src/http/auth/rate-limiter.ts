import { HTTP_ERRORS, HttpError } from "../core/http-error.ts";

/** A token bucket: how many requests are still allowed, as of a time (ms). */
interface Bucket {
  tokens: number;
  at: number;
}

/** The unused rate that a caller may save up, in seconds. */
const BURST_SECONDS = 2;
const MAX_BUCKETS = 10_000;

export interface RateLimiter {
  /**
   * Takes one request of the caller's rate. Returns how long to wait, in whole seconds, or 0 where the request may proceed.
   * `now` is a monotonic time in ms.
   */
  readonly take: (caller: string, now: number) => number;
  /** Returns a taken request that must not count. */
  readonly giveBack: (caller: string) => void;
}

/** Limits each caller to so many requests a second in this process. */
export function createRateLimiter(perSecond: number): RateLimiter {
  const capacity = Math.max(1, perSecond * BURST_SECONDS);
  const buckets = new Map<string, Bucket>();

  function take(caller: string, now: number): number {
    const bucket = buckets.get(caller) ?? { tokens: capacity, at: now };
    // reinserted at the end with every request, so the first bucket is the least recently used one
    buckets.delete(caller);
    buckets.set(caller, bucket);
    if (buckets.size > MAX_BUCKETS) buckets.delete(buckets.keys().next().value ?? "");
    const gained = ((now - bucket.at) / 1_000) * perSecond;
    bucket.tokens = Math.min(capacity, bucket.tokens + gained);
    bucket.at = now;
    if (bucket.tokens < 1) return Math.ceil((1 - bucket.tokens) / perSecond);
    bucket.tokens -= 1;
    return 0;
  }

  function giveBack(caller: string): void {
    const bucket = buckets.get(caller);
    if (bucket !== undefined) bucket.tokens = Math.min(capacity, bucket.tokens + 1);
  }

  return { take, giveBack };
}

/** Throws a 429 with Retry-After where there is something to wait for. */
export function refuseFor(seconds: number): void {
  if (seconds === 0) return;
  throw new HttpError(429, HTTP_ERRORS[429], { headers: { "Retry-After": String(seconds) } });
}
