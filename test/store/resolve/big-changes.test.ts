import { beforeAll, beforeEach, expect, test } from "vitest";
import { BEFORE_ALL_CHANGES } from "../../../src/domain/ids.ts";
import {
  findForgottenChanges,
  takeInMissedChanges,
} from "../../../src/store/resolve/missed-changes.ts";
import { useDatabase } from "../../database.ts";
import { insertLender } from "../../lender.ts";

/** Changes of about 1 MB each, which Postgres stores compressed. A set may have about 4 MB. */
const CHANGES = 12;
const MOST_IN_A_SET = 5;

const { pool, db } = useDatabase();

beforeAll(() => insertLender(pool));
beforeEach(() => pool.query("delete from tidings.resolve_queue"));

const insert = (name: string): string =>
  `insert into tidings.case_changes (case_id, case_type_id, borrower_id, status, fields)
   select '${name}-' || n, 'bankruptcy', 'BO-1', 'initiated', jsonb_build_object('note', repeat('x', 990000)) from generate_series(1, ${CHANGES}) n`;

async function sizesOfSets(): Promise<number[]> {
  const { rows } = await pool.query<{ size: number }>(
    "select cardinality(case_change_ids) as size from tidings.resolve_queue order by id",
  );
  return rows.map((row) => row.size);
}

async function expectSmallSets(): Promise<void> {
  const sizes = await sizesOfSets();
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(CHANGES);
  expect(Math.max(...sizes)).toBeLessThanOrEqual(MOST_IN_A_SET);
}

test("changes that lost their place in the queue are queued again in sets of a few megabytes", async () => {
  await pool.query(insert("LOST"));
  await pool.query("delete from tidings.resolve_queue");

  await findForgottenChanges(db, BEFORE_ALL_CHANGES, 1_000);

  await expectSmallSets();
});

test("changes that arrive without intake are queued in sets of a few megabytes", async () => {
  const client = await pool.connect();
  try {
    await client.query("set session_replication_role = replica");
    await client.query(insert("LATE"));
    await client.query("set session_replication_role = origin");
  } finally {
    client.release();
  }

  await takeInMissedChanges(db, 1_000);

  await expectSmallSets();
});
