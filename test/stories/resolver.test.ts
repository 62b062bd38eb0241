import { once } from "node:events";
import { afterEach, beforeAll, expect, test } from "vitest";
import { startResolver } from "../../src/resolver.ts";
import type { WorkLoop } from "../../src/work-loop.ts";
import { trackOutages } from "../../src/store/postgres/outages.ts";
import { countUnresolved } from "../../src/store/resolve/resolve-queue.ts";
import { useDatabase } from "../database.ts";
import { depsOn } from "../deps.ts";
import { insertChanges, insertLender, insertType } from "../lender.ts";

const database = useDatabase();
const { pool, db } = database;
const deps = depsOn(database);
const MARCH = "2026-03-03T00:00:00Z";

beforeAll(async () => {
  await insertLender(pool);
  await insertType(pool, { id: 1 });
});

const running: WorkLoop[] = [];
const start = (pollMs = 15): void =>
  void running.push(
    startResolver(
      deps,
      trackOutages(() => {}),
      pollMs,
    ),
  );
afterEach(async () => {
  await Promise.all(running.splice(0).map((resolver) => resolver.stop()));
});

async function resolved(): Promise<void> {
  const left = async (): Promise<number> => (await countUnresolved(db)).caseChanges;
  await expect.poll(left).toBe(0);
}

test("the records of a change are dated after its arrival", async () => {
  start();
  // each wait for changes is one statement, after which the connection is released
  await once(pool, "release");
  await once(pool, "release");
  const ids = await insertChanges(pool, [{ caseId: "T1", status: "initiated", at: MARCH }]);
  await resolved();
  const { rows } = await pool.query(
    `select r.resolved_at >= c.received_at as is_resolved_later, i.created_at >= c.received_at as is_planned_later
     from tidings.case_changes c
     join tidings.resolutions r on r.case_change_id = c.id
     join tidings.interactions i on i.case_change_id = c.id
     where c.id = $1`,
    [ids[0]],
  );
  expect(rows).toEqual([{ is_resolved_later: true, is_planned_later: true }]);
});

test.each([1, 15, 400])("a pause of %i ms between looks resolves what arrives", async (pollMs) => {
  start(pollMs);
  for (const caseId of [`P${pollMs}`, `Q${pollMs}`]) {
    await insertChanges(pool, [{ caseId, status: "initiated", at: MARCH }]);
    await resolved();
  }
  const { rowCount } = await pool.query(
    "select from tidings.interactions where case_id = any($1::text[])",
    [[`P${pollMs}`, `Q${pollMs}`]],
  );
  expect(rowCount).toBe(2);
});

test("two resolvers share a bulk, and each change is resolved once", async () => {
  start();
  start();
  const bulk = Array.from({ length: 2_000 }, (_, n) => ({
    caseId: `B${n}`,
    status: "initiated",
    at: MARCH,
  }));
  const ids = await insertChanges(pool, bulk);
  await resolved();
  const { rows } = await pool.query(
    `select (select count(*) from tidings.resolutions where case_change_id = any($1::bigint[]))::int as resolutions,
       (select count(*) from tidings.interactions where case_change_id = any($1::bigint[]))::int as interactions`,
    [ids],
  );
  expect(rows).toEqual([{ resolutions: 2_000, interactions: 2_000 }]);
});

test("a set that another transaction has locked is resolved when the lock ends", async () => {
  await insertChanges(pool, [{ caseId: "L1", status: "initiated", at: MARCH }]);
  const client = await pool.connect();
  await client.query("begin");
  await client.query("select from tidings.resolve_queue for update");
  start();
  await insertChanges(pool, [{ caseId: "L2", status: "initiated", at: MARCH }]);
  const left = async (): Promise<number> => (await countUnresolved(db)).caseChanges;
  await expect.poll(left).toBe(1);
  await client.query("rollback");
  client.release();
  await resolved();
});

test("a borrower whom a transaction has selected for update delays no change", async () => {
  const [id] = await insertChanges(pool, [{ caseId: "HELD", status: "initiated", at: MARCH }]);
  const holder = await pool.connect();
  await holder.query("begin; select from tidings.borrowers where id = 'BO-1' for update");
  start();
  await resolved();
  await holder.query("rollback");
  holder.release();
  const { rowCount } = await pool.query(
    "select from tidings.interactions where case_change_id = $1",
    [id],
  );
  expect(rowCount).toBe(1);
});

test("a single change waits for no set of a bulk", async () => {
  const bulk = Array.from({ length: 2_000 }, (_, n) => ({
    caseId: `WAIT${n}`,
    status: "initiated",
    at: MARCH,
  }));
  await insertChanges(pool, bulk);
  const holder = await pool.connect();
  // the resolution of the first change of a set waits for this transaction
  await holder.query(
    "begin; insert into tidings.resolutions (case_change_id, verdicts) select q.case_change_ids[1], '{}' from tidings.resolve_queue q",
  );
  start();
  const waiting = async (): Promise<number> => {
    const { rows } = await pool.query<{ count: number }>(
      "select count(*)::int as count from pg_stat_activity where datname = current_database() and wait_event = 'transactionid'",
    );
    return rows[0]?.count ?? 0;
  };
  await expect.poll(waiting).toBe(2);
  const [id] = await insertChanges(pool, [{ caseId: "SINGLE", status: "initiated", at: MARCH }]);
  const resolutions = async (): Promise<number | null> =>
    (await pool.query("select from tidings.resolutions where case_change_id = $1", [id])).rowCount;
  await expect.poll(resolutions).toBe(1);
  expect(await waiting()).toBe(2);
  await holder.query("rollback");
  holder.release();
  await resolved();
});
