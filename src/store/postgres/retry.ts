import { setTimeout as sleep } from "node:timers/promises";

/** Network errors of the database connection. A name that is not resolved is how a database behind a name is away. */
const OUTAGES = new Set([
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
 * The SQLSTATEs with which Postgres says that the same statement may get through later, by class: 08 connection lost, 40
 * rolled back (a deadlock), 53 resources (a full disk, too many connections), 57 an operator's hand (shutdown, cancel);
 * and by name: 25006, a standby that is not promoted yet, and 55P03, a lock not had in time.
 */
const PASSING = /^(?:(?:08|40|53|57)[0-9A-Z]{3}|25006|55P03)$/;

/** pg gives no code when the server goes away in the middle of a statement. */
const SPOKEN =
  /^(Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error)/;

/** The code of an error that only says the database cannot do it for now; undefined for every other error. */
export function outageCode(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const code = "code" in error ? String(error.code) : undefined;
  if (code !== undefined && (OUTAGES.has(code) || PASSING.test(code))) return code;
  return SPOKEN.test(error.message) ? "connectionTerminated" : undefined;
}

export interface RetryOptions {
  /** For how long the database may be away; for ever if not given. */
  readonly maxWaitMs?: number;
  /** Ends the waiting: what the last try met is thrown. */
  readonly signal?: AbortSignal | undefined;
  /** Hears of every try that did not get through. */
  readonly onOutage: (code: string) => void;
}

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 3_000;

/** Runs a statement until it gets through to the database. Every other error is thrown at once. */
export async function retryOnOutage<Result>(
  run: () => Promise<Result>,
  { maxWaitMs = Infinity, signal, onOutage }: RetryOptions,
): Promise<Result> {
  const end = performance.now() + maxWaitMs;
  for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
    const tried = await run().then(
      (result) => ({ result }),
      (error: unknown) => ({ error, code: outageCode(error) }),
    );
    if ("result" in tried) return tried.result;
    if (tried.code === undefined || performance.now() > end || signal?.aborted) throw tried.error;
    onOutage(tried.code);
    await sleep(pause, undefined, signal && { signal }).catch(() => {});
  }
}
