import * as fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { useDatabase } from "../../database.ts";
import { insertChanges, insertLender, type ChangeRow } from "../../lender.ts";

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

/** Rows read through indexes by one insert. Time would say the same of a quiet machine only. */
async function readsOf(statement: string): Promise<number> {
  const client = await pool.connect();
  try {
    await client.query("begin");
    await client.query(statement);
    const { rows } = await client.query<{ reads: number }>(
      "select sum(idx_tup_fetch + seq_tup_read)::int as reads from pg_stat_xact_user_tables where schemaname = 'tidings'",
    );
    return rows[0]?.reads ?? 0;
  } finally {
    await client.query("rollback");
    client.release();
  }
}

// These run first, because a statement also reads the rows that other tests have left in small tables
test.each([
  ["a new case", "NEW", "now() - g * interval '1 second'"],
  ["a known case", "KNOWN", "now() + g * interval '1 microsecond'"],
  ["a known case, all of them late", "KNOWN", "now() - interval '1 day' + g * interval '1 second'"],
])("thousands of changes of %s in one insert read a few rows each", async (_, caseId, at) => {
  await insertChanges(pool, [
    { caseId: "KNOWN", status: "initiated", at: "2020-01-01T00:00:00Z" },
    { caseId: "KNOWN", status: "processing", at: new Date().toISOString() },
  ]);
  const rows = 4_000;
  const reads = await readsOf(
    `insert into tidings.case_changes (case_id, case_type_id, borrower_id, status, changed_at)
     select '${caseId}', 'bankruptcy', 'BO-1', 'initiated', ${at} from generate_series(1, ${rows}) g`,
  );
  expect(reads / rows).toBeLessThan(10);
});

describe("the effect of a change on its case", () => {
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

  test("a late change is placed between its neighbours and does not move the case", async () => {
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

test("two transactions that change the same new case at once wait for each other", async () => {
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

/** The order of a case's changes, computed one by one as intake describes it. */
function movesByModel(inserts: readonly (readonly ChangeRow[])[]): object[] {
  const taken: { row: ChangeRow; n: number; insert: number }[] = [];
  const isBefore = (one: (typeof taken)[number], other: (typeof taken)[number]): boolean =>
    (one.row.at ?? "") === (other.row.at ?? "")
      ? one.n < other.n
      : (one.row.at ?? "") < (other.row.at ?? "");
  const arriving = inserts.flatMap((rows, insert) => rows.map((row) => ({ row, insert })));
  for (const [n, { row, insert }] of arriving.entries()) taken.push({ row, n, insert });
  return taken.map((one) => {
    const peers = taken
      .filter((other) => other.row.caseId === one.row.caseId && other.insert <= one.insert)
      .toSorted((left, right) => (isBefore(left, right) ? -1 : 1));
    const before = peers.findLast((other) => isBefore(other, one));
    const following = peers.find((other) => isBefore(one, other) && other.insert < one.insert);
    return {
      status: one.row.status,
      before: before?.row.status ?? null,
      following: following === undefined ? null : String(following.n),
    };
  });
}

const someRow = fc.record({
  case: fc.constantFrom("A", "B"),
  day: fc.integer({ min: 1, max: 6 }),
  status: fc.constantFrom("initiated", "processing", "completed"),
});

test("however changes are spread over inserts, each is compared with its neighbors", async () => {
  let world = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(someRow, { minLength: 1, maxLength: 6 }), { minLength: 1, maxLength: 6 }),
      async (drawn) => {
        world += 1;
        const inserts = drawn.map((rows) =>
          rows.map(({ case: id, day, status }) => ({
            caseId: `W${world}-${id}`,
            status,
            at: `2031-03-0${day}T00:00:00Z`,
          })),
        );
        const ids: string[] = [];
        for (const rows of inserts) ids.push(...(await insertChanges(pool, rows)));
        const { rows } = await pool.query(
          `select c.status, m.status_before as before, array_position($1::bigint[], m.following_case_change_id) - 1 as following
           from tidings.case_moves m join tidings.case_changes c on c.id = m.case_change_id
           where c.id = any($1) order by c.id`,
          [ids],
        );
        const moves = rows.map((row) => ({ ...row, following: row.following?.toString() ?? null }));
        expect(moves).toEqual(movesByModel(inserts));
      },
    ),
    { numRuns: 60 },
  );
});

test("a bulk is queued in sets of at most 500, behind single changes; boarding queues nothing", async () => {
  await pool.query("delete from tidings.resolve_queue");
  const bulk = Array.from({ length: 600 }, (_, n) => ({
    caseId: `BULK-${n}`,
    status: "initiated",
  }));
  await insertChanges(pool, bulk);
  await insertChanges(pool, [{ caseId: "SINGLE", status: "initiated" }]);
  await insertChanges(pool, [{ caseId: "BOARDED", status: "initiated", fires: false }]);
  const { rows } = await pool.query(
    "select priority, cardinality(case_change_ids) as changes from tidings.resolve_queue order by id",
  );
  expect(rows).toEqual([
    { priority: 10, changes: 500 },
    { priority: 10, changes: 100 },
    { priority: 0, changes: 1 },
  ]);
  expect(await caseOf("BOARDED")).toMatchObject({ status: "initiated" });
});

test("changes with large fields are queued in sets that fit into memory", async () => {
  await pool.query("delete from tidings.resolve_queue");
  await pool.query(
    `insert into tidings.case_changes (case_id, case_type_id, borrower_id, status, fields)
     select 'LARGE-' || g, 'bankruptcy', 'BO-1', 'initiated', jsonb_build_object('x', repeat('x', 900000)) from generate_series(1, 12) g`,
  );
  const { rows } = await pool.query<{ changes: number }>(
    "select cardinality(case_change_ids) as changes from tidings.resolve_queue order by id",
  );
  expect(rows.map((row) => row.changes)).toEqual([4, 4, 4]);
});
