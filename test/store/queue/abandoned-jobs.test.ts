import { beforeAll, beforeEach, expect, test } from "vitest";
import { startMaintenance } from "../../../src/maintenance.ts";
import { trackOutages } from "../../../src/store/postgres/outages.ts";
import { recordHeartbeat, unlockAbandonedJobs } from "../../../src/store/queue/workers.ts";
import { untilWaitingForLock, useDatabase } from "../../database.ts";
import { depsOn } from "../../deps.ts";
import { insertInteraction } from "../../interactions.ts";
import { insertLender, insertType } from "../../lender.ts";
import { worker } from "../../ids.ts";

const database = useDatabase();
const { pool, db } = database;
const WORKER = { id: worker("alive"), host: "h", pid: 1, queuePool: "pool-alive", channels: [] };

beforeAll(async () => {
  await insertLender(pool);
  await insertType(pool, { id: 1 });
});
beforeEach(async () => {
  await pool.query("delete from tidings_queue._private_jobs; delete from tidings.workers");
  await recordHeartbeat(db, WORKER);
});

/** Queues a job that this worker has held for so long, and returns its id. */
async function lock(lockedBy: string, forSeconds: number): Promise<string> {
  const { rows } = await pool.query<{ id: string }>(
    "select id from tidings_queue.add_job('resolve_case_changes', '{}')",
  );
  await pool.query(
    "update tidings_queue._private_jobs set locked_by = $1, locked_at = now() - make_interval(secs => $2) where id = $3",
    [lockedBy, forSeconds, rows[0]?.id],
  );
  return rows[0]?.id ?? "";
}

test("a job is unlocked once it has been locked for some time by a worker that is not on the list", async () => {
  const abandoned = await lock("pool-gone", 60);
  await lock("pool-starting", 1);
  await lock("pool-alive", 3_600);
  expect(await unlockAbandonedJobs(db, 8_000)).toEqual([abandoned]);
  expect(await unlockAbandonedJobs(db, 8_000)).toEqual([]);
});

test("the sweep of a daemon writes a finding that was kept by another", async () => {
  const id = await insertInteraction(pool, {
    status: "failed",
    contactId: "CT-EMAIL",
    contact: { value: "pat@example.com" },
  });
  await pool.query(
    "insert into tidings.contact_findings (interaction_id, finding) values ($1, 'invalid')",
    [id],
  );
  const watch = startMaintenance({
    auditDays: 0,
    growTree: () => Promise.resolve(),
    deps: depsOn(database, { workerId: WORKER.id }),
    worker: WORKER,
    jobs: new Set(),
    outages: trackOutages(() => {}),
    onTime: () => {},
    heartbeatMs: 20,
  });
  await expect
    .poll(async () => {
      const found = "select valid from tidings.contacts where id = 'CT-EMAIL'";
      return (await pool.query<{ valid: boolean }>(found)).rows[0]?.valid;
    })
    .toBe(false);
  await watch.stop();
});

test("a daemon unlocks it while a row lock holds up its sweep", async () => {
  const anHourAgo = new Date(Date.now() - 3_600_000);
  await insertInteraction(pool, {
    status: "inProgress",
    provider: "smtp",
    claimedAt: anHourAgo,
    claimedBy: WORKER.id,
    scheduledAtFrom: anHourAgo,
  });
  const holder = await pool.connect();
  await holder.query("begin");
  await holder.query("select from tidings.interactions for update");
  const unlocked: unknown[] = [];
  const deps = depsOn(database, {
    workerId: WORKER.id,
    emit: (event, fields) => void (event === "job.unlocked" && unlocked.push(fields)),
  });
  const watch = startMaintenance({
    auditDays: 0,
    growTree: () => Promise.resolve(),
    deps,
    worker: WORKER,
    jobs: new Set(),
    outages: trackOutages(() => {}),
    onTime: () => {},
    heartbeatMs: 100,
  });
  await untilWaitingForLock(pool);
  const job = await lock("pool-gone", 60);
  await expect.poll(() => unlocked).toEqual([{ jobId: job }]);
  // nor does the sweep hold up the stop
  await watch.stop();
  await holder.query("rollback");
  holder.release();
});
