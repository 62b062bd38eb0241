import { setTimeout as sleep } from "node:timers/promises";

/** Network errors of the database connection, and the SQLSTATEs with which Postgres says that it is going or coming. */
const OUTAGES = new Set([
  "ENOENT",
  "ECONNREFUSED",
  "ECONNRESET",
  "EPIPE",
  "ETIMEDOUT",
  "57P01", // admin_shutdown
  "57P02", // crash_shutdown
  "57P03", // cannot_connect_now
  "53300", // too_many_connections
  "08006", // connection_failure
  "08003", // connection_does_not_exist
]);

/** pg gives no code when the server goes away in the middle of a statement. */
const SPOKEN =
  /^(Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error)/;

/** The code of an error that only says the database is away for now; undefined for every other error. */
export function outageCode(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const code = "code" in error ? String(error.code) : undefined;
  if (code !== undefined && OUTAGES.has(code)) return code;
  return SPOKEN.test(error.message) ? "connectionTerminated" : undefined;
}

export interface Patience {
  /** For how long the database may be away; for ever if not given. */
  readonly patienceMs?: number;
  /** Hears of every try that did not get through. */
  readonly onOutage: (code: string) => void;
}

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 3_000;

/** Runs a statement until it gets through to the database. Every other error is thrown at once. */
export async function throughOutages<Result>(
  run: () => Promise<Result>,
  { patienceMs = Infinity, onOutage }: Patience,
): Promise<Result> {
  const end = performance.now() + patienceMs;
  for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
    const tried = await run().then(
      (result) => ({ result }),
      (error: unknown) => ({ error, code: outageCode(error) }),
    );
    if ("result" in tried) return tried.result;
    if (tried.code === undefined || performance.now() > end) throw tried.error;
    onOutage(tried.code);
    await sleep(pause);
  }
}
