/**
 * Runs a call under a deadline (ms). AbortSignal.timeout is not used, because its timer outlives the call: at thousands
 * of calls a second the timers pile up. After the process stood still, timers run before the sockets are read, so the deadline lets them be
 * read once more: an answer that has arrived counts.
 */
export async function within<Result>(
  deadlineMs: number,
  run: (deadline: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const deadline = new AbortController();
  let afterReading: NodeJS.Immediate | undefined;
  const timer = setTimeout(() => {
    afterReading = setImmediate(() => deadline.abort());
  }, deadlineMs);
  try {
    return await run(deadline.signal);
  } finally {
    clearTimeout(timer);
    clearImmediate(afterReading);
  }
}
