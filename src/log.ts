import { mkdirSync, openSync } from "node:fs";
import { dirname } from "node:path";
import { pino, type Logger } from "pino";
import { EVENTS, type Emit } from "./domain/events.ts";
import { openLogDestination } from "./log-destination.ts";

/** A second protection. The fields already contain ids only. */
export const NEVER_LOGGED: readonly string[] = [
  "to",
  "from",
  "name",
  "address",
  "value",
  "body",
  "text",
  "html",
  "password",
  "authToken",
];

/** The time that a slow reader has for the last lines at the end of the process (ms). */
const FLUSH_MS = 1_000;

/**
 * Writes one JSON line per event to standard output or a file. A reader that stalls or has ended does not stop the
 * process.
 */
export function createLog(level: string, file?: string): Logger {
  const destination = openLogDestination(file === undefined ? openStdout() : openFile(file), {
    onDropped: (lines) => eventLogger(log)("logLines.dropped", { lines }),
  });
  process.once("exit", () => destination.flush(FLUSH_MS));
  const log = pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      redact: NEVER_LOGGED.flatMap((field) => [field, `*.${field}`]),
    },
    destination,
  );
  return log;
}

function openFile(file: string): number {
  mkdirSync(dirname(file), { recursive: true });
  return openSync(file, "a");
}

/**
 * Node opens standard output non-blocking for a pipe or a socket, but blocking for a terminal, which Ctrl-S stops. It
 * has no public name for the handle.
 */
function openStdout(): number {
  const handle = Reflect.get(process.stdout, "_handle") as
    | { readonly setBlocking?: (blocking: boolean) => void }
    | undefined;
  handle?.setBlocking?.(false);
  return 1;
}

export const eventLogger =
  (log: Logger): Emit =>
  (event, fields) =>
    log[EVENTS[event].level]({ event, ...fields });
