import { maskConfig, readConfig } from "../config.ts";
import { openDaemon, type Daemon } from "../daemon.ts";
import { Fault } from "../domain/fault.ts";
import type { Say } from "../domain/events.ts";
import { openLog, sayThrough } from "../log.ts";
import { command } from "./cli/command.ts";

/** Closing what is left after the jobs' own grace. */
const CLOSING_MS = 5_000;

const codeOf = (error: unknown): string => (error instanceof Fault ? error.code : "UNEXPECTED");
const reasonOf = (error: unknown): string =>
  error instanceof Error ? error.message : "not an error";

/** Runs the daemon until it is told to stop or cannot go on. */
export const start = command({
  name: "start",
  summary: "run the daemon until SIGTERM or SIGINT",
  options: {},
  run: () => runDaemon(),
});

async function runDaemon(): Promise<number> {
  const config = readConfig(process.env);
  const say = sayThrough(openLog(config.logLevel));
  say("daemon.starting", { config: maskConfig(config) });
  const { exampleSettings } = config;
  if (exampleSettings.length > 0) say("daemon.lenderIsAnExample", { settings: exampleSettings });
  const told = waitForSignal();
  process.once("unhandledRejection", (error) => {
    say("daemon.failed", { code: "UNEXPECTED", reason: reasonOf(error) });
    process.exit(1);
  });
  const daemon = await openOrSay(config, say, told);
  if (typeof daemon === "number") return daemon;
  const end = await Promise.race([told, daemon.broken]);
  const broken = typeof end !== "string";
  if (broken) say("daemon.failed", { code: "QUEUE_BROKEN", reason: end.message });
  else say("daemon.stopping", { reason: end });
  forceExitAfter(config.shutdownMs + CLOSING_MS);
  await daemon.stop();
  say("daemon.stopped", { workerId: daemon.workerId });
  return broken ? 1 : 0;
}

/** Resolves to the exit code where there is no daemon. */
async function openOrSay(
  config: ReturnType<typeof readConfig>,
  say: Say,
  told: Promise<string>,
): Promise<Daemon | number> {
  const stop = new AbortController();
  void told.then(() => stop.abort());
  try {
    return await openDaemon(config, say, stop.signal);
  } catch (error) {
    if (stop.signal.aborted) {
      say("daemon.stopping", { reason: await told });
      return 0;
    }
    say("daemon.failed", { code: codeOf(error), reason: reasonOf(error) });
    return 1;
  }
}

/** Resolves at the first signal; the second one ends the process where it stands. */
function waitForSignal(): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>();
  for (const signal of ["SIGTERM", "SIGINT"] as const)
    process.once(signal, () => {
      resolve(signal);
      for (const again of ["SIGTERM", "SIGINT"] as const)
        process.once(again, () => process.exit(1));
    });
  return promise;
}

/** Whatever still hangs after the grace is left as it is: the rows say what was under way. */
function forceExitAfter(ms: number): void {
  setTimeout(() => process.exit(1), ms).unref();
}
