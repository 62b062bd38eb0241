import { expect, onTestFinished, vi } from "vitest";
import { NEVER_MS } from "../never.ts";

/**
 * Makes a call whose deadline is NEVER_MS, and lets the deadline pass once `isReached` says that the peer has what it waits for, so
 * that the deadline falls into the same step of the call on any machine. A call that ends by itself is not waited for.
 */
export async function pastDeadline<Answer>(
  call: () => Promise<Answer>,
  isReached: () => boolean,
): Promise<Answer> {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  onTestFinished(() => void vi.useRealTimers());
  let hasEnded = false;
  const calling = call().finally(() => (hasEnded = true));
  await expect.poll(() => hasEnded || isReached()).toBe(true);
  vi.advanceTimersByTime(NEVER_MS);
  return calling;
}
