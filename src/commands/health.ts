import { readConfig } from "../config.ts";
import { isAlive } from "../liveness.ts";
import { command } from "./cli/command.ts";
import { JSON_OPTION, printResult } from "./cli/json.ts";
import { EXIT } from "./cli/exit-codes.ts";

/** Exit code 0 while a daemon of this host runs and its event loop turns. It does not ask the database. */
export const health = command({
  name: "health",
  summary: "exit 0 while a daemon of this host is alive; for a container's health check",
  details: `The database is not asked: during an outage a daemon waits and keeps the answers of providers,
which a restart would lose. \`tidings status\` and /readyz show whether it can work.`,
  takes: "[--json]",
  options: { ...JSON_OPTION },
  run({ options, print }) {
    const alive = isAlive(readConfig(process.env).dataDir);
    printResult({ print, json: options.json === true }, { isAlive: alive }, [
      alive ? "The daemon of this host is alive." : "No daemon of this host is alive.",
    ]);
    return Promise.resolve(alive ? EXIT.done : EXIT.checkFailed);
  },
});
