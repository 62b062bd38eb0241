/** Limits the calls that run at once. The others wait in order. */
export interface CallLimit {
  run<Result>(call: () => Promise<Result>): Promise<Result>;
  /** The number of calls that are running or waiting. */
  readonly pending: () => number;
}

export function createCallLimit(mostAtOnce: number): CallLimit {
  const waiting: (() => void)[] = [];
  let running = 0;
  const enter = async (): Promise<void> => {
    if (running < mostAtOnce) running += 1;
    else await new Promise<void>((entered) => waiting.push(entered));
  };
  const leave = (): void => {
    const next = waiting.shift();
    if (next) next();
    else running -= 1;
  };
  return {
    async run(call) {
      await enter();
      return call().finally(leave);
    },
    pending: () => running + waiting.length,
  };
}
