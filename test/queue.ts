import { Logger, runOnce } from "graphile-worker";
import type { Deps } from "../src/deps.ts";
import { QUEUE_SCHEMA, withOwnChannels } from "../src/store/postgres/queue-schema.ts";
import { resolveWaiting } from "../src/resolver.ts";
import { createTaskList } from "../src/task-list.ts";
import type { TestDatabase } from "./database.ts";

/**
 * Resolves waiting changes, and runs every job that is due by the clock of this process, and the jobs that follow,
 * until none is left.
 */
export async function runDueJobs(database: TestDatabase, deps: Deps): Promise<void> {
  do {
    await deps.inFlight.idle();
    await resolveWaiting(deps);
    await runDueJobsOnce(database, deps);
    // a call may end and queue a job after the queue was found empty
  } while (deps.inFlight.calls > 0 || (await hasDueJobs(database)));
}

async function hasDueJobs({ pool }: TestDatabase): Promise<boolean> {
  const { rowCount } = await pool.query(
    "select from tidings_queue._private_jobs where is_available and run_at <= $1 limit 1",
    [new Date()],
  );
  return rowCount === 1;
}

/** Runs every job that is due by the clock of this process, and does not wait for the calls that they begin. */
export async function runDueJobsOnce({ pool }: TestDatabase, deps: Deps): Promise<void> {
  await runOnce({
    pgPool: withOwnChannels(pool),
    schema: QUEUE_SCHEMA,
    taskList: createTaskList(deps),
    logger: new Logger(() => () => {}),
    noHandleSignals: true,
    useNodeTime: true,
  });
}
