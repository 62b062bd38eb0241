/** Resolves once the caller has a slot, to the function that frees it; undefined where too many wait already. */
export type AcquireSlot = (caller: string) => Promise<(() => void) | undefined>;

interface Queue {
  inFlight: number;
  readonly waiting: (() => void)[];
}

/** Lets each caller have `maxInFlight` requests in progress and `maxWaiting` more in line, in order of arrival. */
export function createConcurrencyLimiter(maxInFlight: number, maxWaiting: number): AcquireSlot {
  const queues = new Map<string, Queue>();

  function free(caller: string, queue: Queue): void {
    const next = queue.waiting.shift();
    // the slot passes to the next in line
    if (next !== undefined) return next();
    queue.inFlight -= 1;
    if (queue.inFlight === 0) queues.delete(caller);
  }

  return async (caller) => {
    const queue = queues.get(caller) ?? { inFlight: 0, waiting: [] };
    queues.set(caller, queue);
    if (queue.inFlight >= maxInFlight) {
      if (queue.waiting.length >= maxWaiting) return undefined;
      await new Promise<void>((resolve) => void queue.waiting.push(resolve));
    } else queue.inFlight += 1;
    return () => free(caller, queue);
  };
}
