import { setTimeout as sleep } from "node:timers/promises";

/** Network errors of the database connection. DNS failures count, because a database that fails over may not resolve for a while. */
const NETWORK_ERRORS = new Set([
  "ENOENT",
  "ECONNREFUSED",
  "ECONNRESET",
  "ECONNABORTED",
  "EPIPE",
  "ETIMEDOUT",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "ENETDOWN",
  "ENOTFOUND",
  "EAI_AGAIN",
]);

/**
 * The SQLSTATEs of errors after which the same statement may succeed later. By class: 08 connection lost, 28 login
 * refused (a password that is being rotated), 3D no such database (one that is being restored), 40 rolled back (a
 * deadlock), 53 resources (a full disk, too many connections), 57 an operator's action (shutdown, cancel). By name:
 * 25006 a standby that is not promoted yet, 25P03 and 25P04 a transaction that took too long, 55P03 a lock timeout.
 */
const TEMPORARY = /^(?:(?:08|28|3D|40|53|57)[0-9A-Z]{3}|25006|25P03|25P04|55P03)$/;

/** The messages of errors without a code, which pg gives if the server disappears during a statement. */
const MESSAGES =
  /^(Connection terminated|Query read timeout|timeout exceeded when trying to connect|Client has encountered a connection error)/;

/** Returns the code of an error that is an outage, or undefined for every other error. */
export function outageCode(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const code = "code" in error ? String(error.code) : undefined;
  if (code !== undefined && (NETWORK_ERRORS.has(code) || TEMPORARY.test(code))) return code;
  if (isStatementLost(error)) return "statementLost";
  return MESSAGES.test(error.message) ? "connectionTerminated" : undefined;
}

/**
 * True if a connection cannot use a prepared statement any more: it is gone, or since a migration its result has another type. The
 * statement was not run, and the next try prepares it again (`prepared.ts`).
 */
export function isStatementLost(error: unknown): boolean {
  if (!(error instanceof Error) || !("code" in error)) return false;
  if (error.code === "26000") return true;
  // the same code stands for everything that Postgres does not support
  return error.code === "0A000" && "routine" in error && error.routine === "RevalidateCachedQuery";
}

export interface RetryOptions {
  /** The longest outage to wait for (ms); without limit if not given. */
  readonly maxWaitMs?: number;
  /** Ends the wait; the last error is thrown. */
  readonly signal?: AbortSignal | undefined;
  /** Gets the code of the first failed try. The returned function is called when the wait ends, with false if it was given up. */
  readonly onOutage: (code: string) => ((isBack: boolean) => void) | undefined;
}

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 3_000;

/** Runs a statement and retries it on an outage. Every other error is thrown at once. */
export async function retryOnOutage<Result>(
  run: () => Promise<Result>,
  options: RetryOptions,
): Promise<Result> {
  let isOut = false;
  let over: ((isBack: boolean) => void) | undefined;
  const noteOutage = (code: string): void => {
    if (!isOut) over = options.onOutage(code);
    isOut = true;
  };
  try {
    const result = await retryUntilEnd(run, options, noteOutage);
    over?.(true);
    return result;
  } catch (error) {
    over?.(outageCode(error) === undefined);
    throw error;
  }
}

async function retryUntilEnd<Result>(
  run: () => Promise<Result>,
  { maxWaitMs = Infinity, signal }: RetryOptions,
  noteOutage: (code: string) => void,
): Promise<Result> {
  const end = performance.now() + maxWaitMs;
  for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
    const tried = await run().then(
      (result) => ({ result }),
      (error: unknown) => ({ error, code: outageCode(error) }),
    );
    if ("result" in tried) return tried.result;
    if (tried.code === undefined || performance.now() > end || signal?.aborted) throw tried.error;
    noteOutage(tried.code);
    await sleep(pause, undefined, signal && { signal }).catch(() => {});
  }
}
