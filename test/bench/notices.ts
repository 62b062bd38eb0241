import type { Deps } from "../../src/deps.ts";
import type { Recorder } from "../../src/store/deliver/recorder.ts";
import { resolveWaiting } from "../../src/resolver.ts";
import { trackOutages } from "../../src/store/postgres/outages.ts";
import { openQueue, type Queue } from "../../src/store/queue/queue.ts";
import { createTaskList } from "../../src/task-list.ts";
import { measure, type Run } from "./meter.ts";
import type { Scene } from "./scene.ts";

export const CONCURRENCY = 6;

/**
 * Inserts this many changes and resolves them, so that as many notices of one channel are due. Resolves to their ids.
 */
export async function makeDue(
  { pool }: Scene,
  deps: Deps,
  { name, channel, count }: { name: string; channel: "email" | "text"; count: number },
): Promise<string[]> {
  await pool.query(
    `insert into tidings.case_changes (case_id, case_type_id, borrower_id, loan_ids, status)
     select $1 || '-' || n, $2, 'BO-' || n, array['LN-' || n], 'initiated' from generate_series(1, ${count}) n`,
    [name, `${channel}Only`],
  );
  await resolveWaiting(deps);
  const { rows } = await pool.query<{ id: string }>(
    "select id from tidings.interactions where case_id like $1 || '-%' order by id",
    [name],
  );
  return rows.map((row) => row.id);
}

/** Delivers them all as a daemon does, until the last outcome is recorded. */
export async function deliverAll(scene: Scene, plain: Deps, ids: readonly string[]): Promise<Run> {
  const { recorder, all } = countRecorded(plain.recorder, ids.length);
  const deps = { ...plain, recorder };
  const queues: Queue[] = [];
  const run = await measure({
    count: ids.length,
    postgres: scene,
    work: async () => {
      const queue = await openQueue({
        pool: scene.pool,
        taskList: createTaskList(deps),
        concurrency: CONCURRENCY,
        emit: () => {},
        outages: trackOutages(() => {}),
      });
      queues.push(queue);
      await all;
    },
  });
  for (const queue of queues) await queue.stop(10_000);
  await deps.inFlight.idle();
  return run;
}

/** The same recorder, and a promise that resolves once this many outcomes are recorded. */
function countRecorded(
  recorder: Recorder,
  count: number,
): { readonly recorder: Recorder; readonly all: Promise<void> } {
  const all = Promise.withResolvers<void>();
  let recorded = 0;
  return {
    all: all.promise,
    recorder: {
      async record(outcome) {
        await recorder.record(outcome);
        recorded += 1;
        if (recorded === count) all.resolve();
      },
    },
  };
}
