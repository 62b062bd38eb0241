/** How many calls may begin, by the second. */
export interface Pace {
  /** Calls that may begin now. */
  allowed(): number;
  spend(calls: number): void;
}

const NO_LIMIT: Pace = { allowed: () => Infinity, spend: () => {} };

/** A bucket that holds one second's calls, and says when the next one may begin. */
export function openPace(perSecond: number | undefined, onMore: () => void): Pace {
  if (perSecond === undefined) return NO_LIMIT;
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
