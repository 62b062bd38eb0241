import { statSync } from "node:fs";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";

/** The interval at which a daemon shows that it is alive (ms). */
const SHOW_EVERY_MS = 2_000;
/** A daemon that has not shown itself for so long (ms) hangs or has ended. The Dockerfile has the same number. */
const ALIVE_FOR_MS = 10_000;

/** The file that a daemon of this host writes while it is alive. Its age is the sign; it holds the process id. */
const fileIn = (dataDir: string): string => join(dataDir, `alive-${hostname()}`);

/**
 * Shows that this process runs and its event loop turns, whether its database answers or not. Where DATA_DIR cannot be
 * written, nothing is shown and the daemon runs on. Returns the function that ends it.
 */
export function showAlive(dataDir: string): () => Promise<void> {
  const file = fileIn(dataDir);
  const show = (): Promise<void> => writeFile(file, `${process.pid}\n`).catch(() => {});
  let writing = mkdir(dataDir, { recursive: true }).then(show, () => {});
  const timer = setInterval(() => void (writing = show()), SHOW_EVERY_MS).unref();
  return async () => {
    clearInterval(timer);
    await writing;
    await rm(file, { force: true }).catch(() => {});
  };
}

/** True if a daemon of this host has shown itself in DATA_DIR recently. */
export function isAlive(dataDir: string): boolean {
  const shown = statSync(fileIn(dataDir), { throwIfNoEntry: false });
  return shown !== undefined && Date.now() - shown.mtimeMs < ALIVE_FOR_MS;
}
