/** How many calls may begin, by the second. */
export interface Pace extends Bucket {
  /** Lets none begin for a second. */
  readonly rest: () => void;
}

interface Bucket {
  /** Calls that may begin now. */
  allowed(): number;
  readonly spend: (calls: number) => void;
}

/** Rates are counted by the second. Longer, and one recipient whose server is short of breath would slow down all others. */
const REST_MS = 1_000;
const NO_LIMIT: Bucket = { allowed: () => Infinity, spend: () => {} };

/** A pace that says when more calls may begin. */
export function openPace(perSecond: number | undefined, onMore: () => void): Pace {
  const bucket = perSecond === undefined ? NO_LIMIT : openBucket(perSecond, onMore);
  let resting: NodeJS.Timeout | undefined;
  const goOn = (): void => {
    resting = undefined;
    onMore();
  };
  return {
    allowed: () => (resting === undefined ? bucket.allowed() : 0),
    spend: bucket.spend,
    rest: () => void (resting ??= setTimeout(goOn, REST_MS)),
  };
}

/** It holds one second's calls, and says when the next one may begin. */
function openBucket(perSecond: number, onMore: () => void): Bucket {
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
