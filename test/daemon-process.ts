import { spawn, type ChildProcess } from "node:child_process";
import { createInterface } from "node:readline";

export interface Line {
  readonly event: string;
  readonly [field: string]: unknown;
}

export interface DaemonProcess {
  readonly child: ChildProcess;
  /** Everything logged so far. */
  readonly lines: readonly Line[];
  /** Resolves with the first line of this event, already said or yet to come. */
  waitFor(event: string): Promise<Line>;
  /** Resolves to the exit code, or to the signal that ended it. */
  readonly ended: Promise<number | NodeJS.Signals | null>;
}

/** A wait ends with its event; this bound only names the event that never came. */
const LONGEST_WAIT_MS = 150_000;
const MAIN = new URL("../src/main.ts", import.meta.url).pathname;

/** Runs `tidings start` as a process with these settings and no others of the shell. `main` may be that of another version. */
export function spawnDaemon(
  settings: Readonly<Record<string, string>>,
  main = MAIN,
): DaemonProcess {
  const { PATH = "" } = process.env;
  const child = spawn(process.execPath, [main, "start"], {
    env: { PATH, ...settings },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const lines: Line[] = [];
  let isOver = false;
  const reader = createInterface({ input: child.stdout })
    .on("line", (line) => lines.push(JSON.parse(line) as Line))
    .once("close", () => (isOver = true));
  const ended = Promise.withResolvers<number | NodeJS.Signals | null>();
  // not "exit": the last lines may still be on their way then
  child.once("close", (code, signal) => ended.resolve(signal ?? code));
  return {
    child,
    lines,
    ended: ended.promise,
    waitFor(event) {
      const { promise, resolve, reject } = Promise.withResolvers<Line>();
      const look = (): void => {
        const line = lines.find((one) => one.event === event);
        if (line) resolve(line);
      };
      const fail = (): void => {
        const emitted = lines.map((one) => one.event).join(", ");
        reject(
          new Error(`no ${event}; emitted: ${emitted}; last: ${JSON.stringify(lines.at(-1))}`),
        );
      };
      const timer = setTimeout(fail, LONGEST_WAIT_MS);
      reader.on("line", look).once("close", fail);
      look();
      if (isOver) fail();
      return promise.finally(() => {
        clearTimeout(timer);
        reader.off("line", look).off("close", fail);
      });
    },
  };
}
