/** Returns a function that returns true the first time, and then at most once per interval (ms). */
export function createIntervalLimit(everyMs: number): () => boolean {
  let next = 0;
  return () => {
    const now = performance.now();
    if (now < next) return false;
    next = now + everyMs;
    return true;
  };
}
