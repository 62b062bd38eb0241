import { beforeAll, expect, test } from "vitest";
import { takeInMissedChanges } from "../../../src/store/resolve/missed-changes.ts";
import { useDatabase } from "../../database.ts";
import { insertLender } from "../../lender.ts";

const { pool, db } = useDatabase();

beforeAll(async () => {
  await insertLender(pool);
  // the tests' template database has it off
  await pool.query("alter table tidings.case_changes enable trigger refuse_future_changes");
});

const insertAt = (caseId: string, at: string): string =>
  `insert into tidings.case_changes (case_id, case_type_id, borrower_id, status, changed_at)
   values ('${caseId}', 'bankruptcy', 'BO-1', 'initiated', ${at})`;

test.each(["90 seconds", "36 years"])(
  "a change dated %s ahead is refused by name",
  async (ahead) => {
    await expect(
      pool.query(insertAt("AHEAD", `clock_timestamp() + interval '${ahead}'`)),
    ).rejects.toMatchObject({
      constraint: "case_changes_changed_at_is_not_in_the_future",
      hint: "set changed_at to the time at which the case changed, or leave it out",
      message: expect.stringMatching(/^changed_at is \d+ seconds ahead of the database's clock$/),
    });
    expect((await pool.query("select from tidings.cases where id = 'AHEAD'")).rowCount).toBe(0);
  },
);

test("clocks may differ by a few seconds", async () => {
  await pool.query(insertAt("NEAR", "clock_timestamp() + interval '3 seconds'"));
  expect((await pool.query("select from tidings.cases where id = 'NEAR'")).rowCount).toBe(1);
});

test("a replicated change dated ahead does not move its case, and waits until its date has come", async () => {
  const client = await pool.connect();
  await client.query("set session_replication_role = replica");
  await client.query(insertAt("LATER", "clock_timestamp() + interval '1 hour'"));
  await client.query("reset session_replication_role");
  client.release();
  const [refused] = await takeInMissedChanges(db, 10);
  expect(refused?.refusedBy).toBe("case_changes_changed_at_is_not_in_the_future");
  await pool.query(insertAt("LATER", "clock_timestamp()"));
  const { rows } = await pool.query(
    "select case_change_id <> $1 as is_the_other from tidings.cases where id = 'LATER'",
    [refused?.caseChangeId],
  );
  expect(rows).toEqual([{ is_the_other: true }]);
});
