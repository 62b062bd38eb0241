/** Returns a function that is true the first time, and then at most once in so many ms. */
export function createIntervalLimit(everyMs: number): () => boolean {
  let next = 0;
  return () => {
    const now = performance.now();
    if (now < next) return false;
    next = now + everyMs;
    return true;
  };
}
