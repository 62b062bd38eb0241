import { beforeAll, expect, test } from "vitest";
import { rewriteRecord, useDatabase } from "../../database.ts";
import { insertLender } from "../../lender.ts";

const { pool } = useDatabase();

beforeAll(() => insertLender(pool));

const insert = (caseId: string): string =>
  `insert into tidings.case_changes (case_id, case_type_id, borrower_id, status) values ('${caseId}', 'bankruptcy', 'BO-1', 'initiated')`;

test("a case that a transaction holds locked delays no missed change of another case", async () => {
  const holder = await pool.connect();
  await holder.query("begin");
  await holder.query(insert("HELD"));
  await rewriteRecord(pool, insert("HELD"));
  await rewriteRecord(pool, insert("FREE"));
  const { rows } = await pool.query<{ refused_by: string | null }>(
    "select refused_by from tidings.take_in_missed_changes(10)",
  );
  await holder.query("rollback");
  holder.release();
  expect(rows.map((row) => row.refused_by)).toEqual(["55P03", null]);
  const left = await pool.query(
    "select c.case_id from tidings.missed_changes x join tidings.case_changes c on c.id = x.case_change_id",
  );
  expect(left.rows).toEqual([{ case_id: "HELD" }]);
});
