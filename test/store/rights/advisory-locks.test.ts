import { afterAll, beforeAll, expect, test } from "vitest";
import { Client } from "pg";
import { readConfig } from "../../../src/config.ts";
import { migrate } from "../../../src/store/migrate/migrate.ts";
import { rewriteRecord, useDatabase } from "../../database.ts";
import { insertLender } from "../../lender.ts";
import { useRole } from "../../roles.ts";

// Postgres lets each role that may connect take every advisory lock and keep it.

const database = useDatabase();
const { pool } = database;
const stranger = useRole(database, "stranger");
let holder: Client;

beforeAll(async () => {
  await insertLender(pool);
  holder = new Client({ connectionString: stranger.url });
  await holder.connect();
});
afterAll(() => holder.end());

const takeIn = "select refused_by from tidings.take_in_missed_changes(10)";

test("a role that keeps an advisory lock does not stop the sweep of missed changes", async () => {
  await holder.query("select pg_advisory_lock(hashtext('tidings.missed_changes'))");
  await rewriteRecord(
    pool,
    "insert into tidings.case_changes (case_id, case_type_id, borrower_id, status) values ('CS-1', 'bankruptcy', 'BO-1', 'initiated')",
  );
  expect((await pool.query(takeIn)).rows).toEqual([{ refused_by: null }]);
});

test("while one daemon takes missed changes in, another one does nothing", async () => {
  await rewriteRecord(
    pool,
    "insert into tidings.case_changes (case_id, case_type_id, borrower_id, status) values ('CS-2', 'bankruptcy', 'BO-1', 'initiated')",
  );
  const first = await pool.connect();
  await first.query("begin");
  expect((await first.query(takeIn)).rows).toHaveLength(1);
  expect((await pool.query(takeIn)).rows).toEqual([]);
  await first.query("commit");
  first.release();
  expect((await pool.query("select from tidings.case_moves")).rowCount).toBe(2);
});

test("a role that keeps the lock of migrations does not keep daemons from starting", async () => {
  await holder.query("select pg_advisory_lock(7170443)");
  expect(await migrate(pool, readConfig({}).migration)).toEqual([]);
});
