import { beforeAll, describe, expect, test } from "vitest";
import { useDatabase } from "../../database.ts";
import { insertChanges, insertLender } from "../../lender.ts";

const { pool } = useDatabase();
beforeAll(() => insertLender(pool));

async function movesOf(caseId: string): Promise<object[]> {
  const { rows } = await pool.query(
    `select c.status, m.status_before as before, f.status as following
     from tidings.case_changes c
     join tidings.case_moves m on m.case_change_id = c.id
     left join tidings.case_changes f on f.id = m.following_case_change_id
     where c.case_id = $1 order by c.id`,
    [caseId],
  );
  return rows;
}
const caseOf = async (id: string): Promise<object> =>
  (await pool.query("select status, outcome, changed_at from tidings.cases where id = $1", [id]))
    .rows[0];

describe("what a change did to its case", () => {
  test("the first change known is a change from nothing, the next from the one before", async () => {
    await insertChanges(pool, [{ caseId: "I1", status: "initiated" }]);
    await insertChanges(pool, [{ caseId: "I1", status: "processing", at: "2031-03-04T15:00:00Z" }]);
    expect(await movesOf("I1")).toEqual([
      { status: "initiated", before: null, following: null },
      { status: "processing", before: "initiated", following: null },
    ]);
  });

  test("several changes of one case in one insert are taken in their order, and none of them is late", async () => {
    await insertChanges(pool, [
      { caseId: "I2", status: "completed", outcome: "approved", at: "2031-03-05T00:00:00Z" },
      { caseId: "I2", status: "initiated", at: "2031-03-03T00:00:00Z" },
      { caseId: "I2", status: "processing", at: "2031-03-04T00:00:00Z" },
    ]);
    expect(await movesOf("I2")).toEqual([
      { status: "completed", before: "processing", following: null },
      { status: "initiated", before: null, following: null },
      { status: "processing", before: "initiated", following: null },
    ]);
    expect(await caseOf("I2")).toMatchObject({ status: "completed", outcome: "approved" });
  });

  test("a late change stands between its neighbours and does not move the case", async () => {
    await insertChanges(pool, [{ caseId: "I3", status: "initiated", at: "2031-03-03T00:00:00Z" }]);
    await insertChanges(pool, [{ caseId: "I3", status: "completed", at: "2031-03-05T00:00:00Z" }]);
    await insertChanges(pool, [{ caseId: "I3", status: "processing", at: "2031-03-04T00:00:00Z" }]);
    expect((await movesOf("I3"))[2]).toEqual({
      status: "processing",
      before: "initiated",
      following: "completed",
    });
    expect(await caseOf("I3")).toMatchObject({ status: "completed" });
  });

  test("of two changes at the same time the one that arrived later comes after", async () => {
    await insertChanges(pool, [{ caseId: "I4", status: "initiated" }]);
    await insertChanges(pool, [{ caseId: "I4", status: "canceled" }]);
    expect((await movesOf("I4"))[1]).toEqual({
      status: "canceled",
      before: "initiated",
      following: null,
    });
    expect(await caseOf("I4")).toMatchObject({ status: "canceled" });
  });
});

test("two transactions that change the same new case at once take turns", async () => {
  const [one, other] = [await pool.connect(), await pool.connect()];
  const insert = (at: string, status: string): string =>
    `insert into tidings.case_changes (case_id, case_type_id, borrower_id, status, changed_at) values ('I5', 'bankruptcy', 'BO-1', '${status}', '${at}')`;
  await one.query("begin");
  await one.query(insert("2031-03-03T00:00:00Z", "initiated"));
  const waiting = other.query(insert("2031-03-04T00:00:00Z", "processing"));
  await one.query("commit");
  await waiting;
  one.release();
  other.release();
  expect(await movesOf("I5")).toEqual([
    { status: "initiated", before: null, following: null },
    { status: "processing", before: "initiated", following: null },
  ]);
});

test("a bulk is queued in sets of at most 500, behind single changes; boarding queues nothing", async () => {
  await pool.query("select tidings_queue.complete_jobs(array_agg(id)) from tidings_queue.jobs");
  const bulk = Array.from({ length: 600 }, (_, n) => ({
    caseId: `BULK-${n}`,
    status: "initiated",
  }));
  await insertChanges(pool, bulk);
  await insertChanges(pool, [{ caseId: "SINGLE", status: "initiated" }]);
  await insertChanges(pool, [{ caseId: "BOARDED", status: "initiated", fires: false }]);
  const { rows } = await pool.query(
    `select j.priority, json_array_length(p.payload->'caseChangeIds') as changes
     from tidings_queue.jobs j join tidings_queue._private_jobs p using (id) order by j.id`,
  );
  expect(rows).toEqual([
    { priority: 10, changes: 500 },
    { priority: 10, changes: 100 },
    { priority: 0, changes: 1 },
  ]);
  expect(await caseOf("BOARDED")).toMatchObject({ status: "initiated" });
});
