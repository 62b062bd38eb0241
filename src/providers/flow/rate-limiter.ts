/** Limits how many calls begin in a second. */
export interface RateLimiter extends Bucket {
  /** Prevents any call from beginning for a second. */
  readonly backOff: () => void;
}

interface Bucket {
  /** The number of calls that may begin now. */
  allowed(): number;
  readonly spend: (calls: number) => void;
}

/**
 * Providers count by the second. A longer pause would let one throttling recipient server slow every other recipient.
 */
const BACK_OFF_MS = 1_000;
const NO_LIMIT: Bucket = { allowed: () => Infinity, spend: () => {} };

/** `onMore` is called when more calls may begin than before. */
export function createRateLimiter(perSecond: number | undefined, onMore: () => void): RateLimiter {
  const bucket = perSecond === undefined ? NO_LIMIT : createBucket(perSecond, onMore);
  let backingOff: NodeJS.Timeout | undefined;
  const resume = (): void => {
    backingOff = undefined;
    onMore();
  };
  return {
    allowed: () => (backingOff === undefined ? bucket.allowed() : 0),
    spend: bucket.spend,
    backOff: () => void (backingOff ??= setTimeout(resume, BACK_OFF_MS)),
  };
}

/** A token bucket that holds one second's calls. */
function createBucket(perSecond: number, onMore: () => void): Bucket {
  let held = Math.max(1, perSecond);
  let filledAt = performance.now();
  let timer: NodeJS.Timeout | undefined;
  const fill = (): void => {
    const now = performance.now();
    held = Math.min(Math.max(1, perSecond), held + ((now - filledAt) * perSecond) / 1_000);
    filledAt = now;
  };
  const wake = (): void => {
    timer = undefined;
    onMore();
  };
  return {
    allowed() {
      fill();
      if (held < 1) timer ??= setTimeout(wake, Math.ceil(((1 - held) * 1_000) / perSecond));
      return Math.floor(held);
    },
    spend(calls) {
      held -= calls;
    },
  };
}
