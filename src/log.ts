import { pino, type Logger } from "pino";
import { EVENTS, type Emit } from "./domain/events.ts";

/** The second fence, behind fields that hold ids only. */
const NEVER_LOGGED = [
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

/** One JSON line an event, to standard output or a file. Synchronous: an asynchronous stream loses its last lines when the process is told to stop. */
export function openLog(level: string, file?: string): Logger {
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      redact: NEVER_LOGGED.flatMap((field) => [field, `*.${field}`]),
    },
    pino.destination({ dest: file ?? 1, sync: true, mkdir: true }),
  );
}

export const eventLogger =
  (log: Logger): Emit =>
  (event, fields) =>
    log[EVENTS[event].level]({ event, ...fields });
