import { spawn } from "node:child_process";

/** A POSIX shell that runs commands one after the other, as a terminal does. */
export interface Shell {
  /** Runs the commands and resolves to what they print. Rejects if one of them fails. */
  run(commands: string): Promise<string>;
  /** Ends the shell and everything that it has started. */
  end(): Promise<void>;
}

/** Opens a shell in a folder with this environment and no other. It ends at the first command that fails. */
export function openShell(cwd: string, env: Readonly<Record<string, string>>): Shell {
  const child = spawn("sh", ["-eu"], { cwd, env, detached: true, stdio: "pipe" });
  let printed = "";
  let complaints = "";
  let number = 0;
  child.stdout.setEncoding("utf8").on("data", (text: string) => (printed += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (complaints += text));
  const closed = new Promise<void>((resolve) => child.once("close", () => resolve()));

  return {
    async run(commands) {
      number += 1;
      const { promise, resolve, reject } = Promise.withResolvers<string>();
      const mark = `-- end of ${number} --\n`;
      const look = (): void => {
        if (printed.endsWith(mark)) resolve(printed.slice(0, -mark.length));
      };
      const fail = (): void => reject(new Error(`${commands}\n${printed}\n${complaints}`));
      printed = "";
      child.stdout.on("data", look);
      child.once("close", fail);
      child.stdin.write(`${commands}\nprintf '%s' '${mark}'\n`);
      return promise.finally(() => {
        child.stdout.off("data", look);
        child.off("close", fail);
      });
    },
    async end() {
      child.stdin.end();
      if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, "SIGTERM");
      await closed;
    },
  };
}
