import { setTimeout as sleep } from "node:timers/promises";

const EVERY_MS = 2_000;
/** Moves to the first column of the first line and erases the screen. */
const ERASE = "\u001B[H\u001B[2J";

/**
 * Shows something every two seconds until SIGINT or SIGTERM. On a terminal it replaces what it showed before; elsewhere each
 * showing is a separate block.
 */
export async function watch(show: () => Promise<void>): Promise<void> {
  const stopped = new AbortController();
  const stop = (): void => stopped.abort();
  process.once("SIGINT", stop).once("SIGTERM", stop);
  try {
    while (!stopped.signal.aborted) {
      await show();
      await sleep(EVERY_MS, undefined, { signal: stopped.signal }).catch(() => {});
    }
  } finally {
    process.off("SIGINT", stop).off("SIGTERM", stop);
  }
}

/** Erases the terminal; does nothing elsewhere. */
export function eraseTerminal(): void {
  if (process.stdout.isTTY) process.stdout.write(ERASE);
}
