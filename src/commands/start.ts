import { readConfig } from "../config.ts";
import { maskConfig } from "../mask-config.ts";
import { openDaemon, type Daemon } from "../daemon.ts";
import { Fault } from "../domain/fault.ts";
import type { Emit } from "../domain/events.ts";
import { createLog, eventLogger } from "../log.ts";
import { command } from "./cli/command.ts";
import { EXIT, EXIT_OF_FAULT, type ExitCode } from "./cli/exit-codes.ts";
import { reasonOf } from "./cli/unexpected.ts";

/** The time for closing everything after the jobs have ended (ms). */
const CLOSING_MS = 5_000;

const codeOf = (error: unknown): string => (error instanceof Fault ? error.code : "UNEXPECTED");

/** Runs the daemon until a signal stops it or it cannot continue. */
export const start = command({
  name: "start",
  summary: "run the daemon until SIGTERM or SIGINT",
  options: {},
  run: () => runDaemon(),
});

async function runDaemon(): Promise<ExitCode> {
  // before any event, so that a supervisor which has read one may send a signal
  const signal = waitForSignal();
  const config = readConfig(process.env);
  const emit = eventLogger(createLog(config.logLevel));
  emit("daemon.configured", { config: maskConfig(config) });
  const { exampleSettings, misspelled } = config;
  if (misspelled.length > 0) emit("setting.misspelled", { variables: misspelled });
  if (exampleSettings.length > 0) emit("lender.notConfigured", { settings: exampleSettings });
  process.once("unhandledRejection", (error) => {
    emit("daemon.failed", { code: "UNEXPECTED", reason: reasonOf(error) });
    process.exit(EXIT.checkFailed);
  });
  const daemon = await openOrReport(config, emit, signal);
  if (typeof daemon === "number") return daemon;
  const end = await Promise.race([signal, daemon.broken]);
  const broken = typeof end !== "string";
  if (broken) emit("daemon.failed", { code: "QUEUE_BROKEN", reason: end.message });
  else emit("daemon.stopRequested", { reason: end });
  const exit = (): never =>
    process.exit(broken || daemon.unrecorded() > 0 ? EXIT.checkFailed : EXIT.done);
  // calls that still hang after this time are abandoned; their rows show that they were in flight
  setTimeout(exit, config.shutdownMs + CLOSING_MS).unref();
  await daemon.stop();
  emit("daemon.stopped", { workerId: daemon.workerId, unrecorded: daemon.unrecorded() });
  return exit();
}

/** Starts the daemon; resolves to an exit code if it did not start. */
async function openOrReport(
  config: ReturnType<typeof readConfig>,
  emit: Emit,
  signal: Promise<string>,
): Promise<Daemon | ExitCode> {
  const stop = new AbortController();
  void signal.then(() => stop.abort());
  try {
    return await openDaemon(config, emit, stop.signal);
  } catch (error) {
    if (stop.signal.aborted) {
      emit("daemon.stopRequested", { reason: await signal });
      return EXIT.done;
    }
    emit("daemon.failed", { code: codeOf(error), reason: reasonOf(error) });
    return error instanceof Fault ? EXIT_OF_FAULT[error.code] : EXIT.checkFailed;
  }
}

/** Resolves at the first signal. The second one ends the process at once. */
function waitForSignal(): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>();
  for (const signal of ["SIGTERM", "SIGINT"] as const)
    process.once(signal, () => {
      resolve(signal);
      for (const again of ["SIGTERM", "SIGINT"] as const)
        process.once(again, () => process.exit(EXIT.checkFailed));
    });
  return promise;
}
