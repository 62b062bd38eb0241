import { hostname } from "node:os";
import { WORKER_TIMEOUT_MS } from "../domain/worker.ts";
import { listWorkers } from "../store/queue/workers.ts";
import { command } from "./cli/command.ts";
import { withDatabase } from "./cli/database.ts";
import type { Print } from "./cli/print.ts";
import { EXIT, type ExitCode } from "./cli/exit-codes.ts";

/** Exit code 0 while a daemon of this host has a recent heartbeat. It serves as a container's health check. */
export const health = command({
  name: "health",
  summary: "exit 0 while a daemon of this host is alive; for a container's health check",
  options: {},
  run: ({ print }) => checkHealth(print),
});

async function checkHealth(print: Print): Promise<ExitCode> {
  const workers = await withDatabase("health", (db) => listWorkers(db));
  const alive = workers.some(
    (worker) => worker.host === hostname() && worker.silentMs < WORKER_TIMEOUT_MS,
  );
  print(alive ? "The daemon of this host is alive." : "No daemon of this host is alive.");
  return alive ? EXIT.done : EXIT.checkFailed;
}
