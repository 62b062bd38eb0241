import { afterAll, beforeAll, expect, test } from "vitest";
import { useDatabase } from "../database.ts";
import { useInstallation } from "../installation.ts";
import { insertChanges, insertType } from "../lender.ts";
import { runDueJobs } from "../queue.ts";

const database = useDatabase();
const { pool } = database;
const installation = useInstallation(database);

/** Changes from before these rules are still in the table. */
beforeAll(async () => {
  await insertType(pool, { id: 1 });
  await pool.query(
    "alter table tidings.case_changes drop constraint case_changes_changed_at_is_a_date, drop constraint case_changes_loan_ids_is_a_list",
  );
});
afterAll(() => pool.query("drop function if exists tidings.stumble cascade"));

const NINE = ["1", "2", "3", "4", "5", "6", "7", "8", "9"];

async function standings(name: string): Promise<Record<string, number>> {
  const { rows } = await pool.query<{ standing: string; count: number }>(
    "select concat_ws(' ', status, status_details, failure_description_short) as standing, count(*)::int as count from tidings.interactions where case_id like $1 group by 1",
    [`${name}-%`],
  );
  return Object.fromEntries(rows.map((row) => [row.standing, row.count]));
}

test("a change dated infinity is recorded as unusable, and the others of its set are sent", async () => {
  await insertChanges(pool, [
    ...NINE.map((n) => ({ caseId: `DATE-${n}`, status: "initiated" })),
    { caseId: "DATE-10", status: "initiated", at: "infinity" },
  ]);
  await runDueJobs(database, installation.deps);
  expect(await standings("DATE")).toEqual({
    "attempted emailSent": 9,
    "failed Time of change unusable": 1,
  });
});

test("a notice whose facts cannot be loaded delays no other notice", async () => {
  await pool.query(
    `insert into tidings.case_changes (case_id, case_type_id, borrower_id, loan_ids, status)
     select 'LOANS-' || n, 'bankruptcy', 'BO-1', case n when 7 then '{{LN-1},{LN-1}}'::text[] else '{LN-1}' end, 'initiated'
     from generate_series(1, 10) n`,
  );
  await runDueJobs(database, installation.deps);
  expect(await standings("LOANS")).toEqual({ "attempted emailSent": 9, scheduled: 1 });
  expect(installation.emitted.filter((line) => line.includes("job.split"))).not.toEqual([]);
});

test("a change that cannot be planned delays no other change", async () => {
  await pool.query(`
    create function tidings.stumble() returns trigger language plpgsql as $$
    begin raise exception 'a row nobody foresaw'; end $$;
    create trigger stumble before insert on tidings.interactions
    for each row when (new.case_id = 'PLAN-5') execute function tidings.stumble()`);
  await insertChanges(
    pool,
    NINE.map((n) => ({ caseId: `PLAN-${n}`, status: "initiated" })),
  );
  await runDueJobs(database, installation.deps);
  expect(await standings("PLAN")).toEqual({ "attempted emailSent": 8 });
});
