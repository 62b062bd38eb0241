import { spawn, type ChildProcess } from "node:child_process";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";

export interface Line {
  readonly event: string;
  readonly [field: string]: unknown;
}

export interface DaemonProcess {
  readonly child: ChildProcess;
  /** Everything logged so far. */
  readonly lines: readonly Line[];
  /** Resolves with the first line of this event, already said or yet to come. */
  waitFor(event: string, withinMs?: number): Promise<Line>;
  /** Resolves to the exit code, or to the signal that ended it. */
  readonly ended: Promise<number | NodeJS.Signals | null>;
}

const MAIN = new URL("../src/main.ts", import.meta.url).pathname;

/** `tidings start` as a process of its own, with these settings and nothing else of this shell's. */
export function spawnDaemon(settings: Readonly<Record<string, string>>): DaemonProcess {
  const { PATH = "" } = process.env;
  const child = spawn(process.execPath, [MAIN, "start"], {
    env: { PATH, ...settings },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const lines: Line[] = [];
  createInterface({ input: child.stdout }).on("line", (line) =>
    lines.push(JSON.parse(line) as Line),
  );
  const ended = Promise.withResolvers<number | NodeJS.Signals | null>();
  child.once("exit", (code, signal) => ended.resolve(signal ?? code));
  return {
    child,
    lines,
    ended: ended.promise,
    async waitFor(event, withinMs = 50_000) {
      const end = Date.now() + withinMs;
      for (let hasEnded = false; Date.now() < end; await sleep(20)) {
        const line = lines.find((one) => one.event === event);
        if (line) return line;
        if (hasEnded) break;
        hasEnded = child.exitCode !== null || child.signalCode !== null;
      }
      throw new Error(
        `no ${event} in ${withinMs} ms; emitted: ${lines.map((one) => one.event).join(", ")}; the last: ${JSON.stringify(lines.at(-1))}`,
      );
    },
  };
}
