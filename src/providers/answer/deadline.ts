/**
 * Runs a call under a deadline (ms). AbortSignal.timeout is not used, because its timer outlives the call: at thousands
 * of calls a second the timers pile up.
 */
export async function within<Result>(
  deadlineMs: number,
  run: (deadline: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const deadline = new AbortController();
  const timer = setTimeout(() => deadline.abort(), deadlineMs);
  try {
    return await run(deadline.signal);
  } finally {
    clearTimeout(timer);
  }
}
