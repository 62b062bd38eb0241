import { beforeAll, expect, test } from "vitest";
import { requeueOverdue } from "../../../src/store/settle/recovery.ts";
import { useDatabase } from "../../database.ts";
import { insertInteractions } from "../../interactions.ts";
import { insertLender, insertType } from "../../lender.ts";

const { pool, db } = useDatabase();

/** Due, and each set of a hundred in a job that waits for its turn. */
const BULK = 100_000;

beforeAll(async () => {
  await insertLender(pool);
  await insertType(pool, { id: 1 });
});

const insertDue = (count: number): Promise<string[]> =>
  insertInteractions(pool, count, { scheduledAtFrom: new Date(Date.now() - 600_000) });

test("a due interaction that is only in a job that the queue has abandoned is queued again, once", async () => {
  await insertDue(1);
  await pool.query(
    `select tidings_queue.add_job('deliver_interactions', json_build_object('channel', 'email', 'interactionIds', array_agg(i.id::text)), max_attempts => 1)
     from tidings.interactions i`,
  );
  expect(await requeueOverdue(db, new Date())).toEqual([]);
  await pool.query("update tidings_queue._private_jobs set attempts = max_attempts");
  expect(await requeueOverdue(db, new Date())).toHaveLength(1);
  expect(await requeueOverdue(db, new Date())).toEqual([]);
});

test.each(['"x"', "7", "{}", '["x", "1e9", "99999999999999999999"]', "null"])(
  "a job with %s in place of ids does not stop the sweep",
  async (ids) => {
    const [due] = await insertDue(1);
    await pool.query(
      `select tidings_queue.add_job('deliver_interactions', json_build_object('interactionIds', $1::json), run_at := '2099-01-01')`,
      [ids],
    );
    expect(await requeueOverdue(db, new Date())).toEqual([due]);
  },
);

test("a bulk of 100,000 that waits for its turn is looked through without comparing each with each", async () => {
  await insertDue(BULK);
  await pool.query(
    `select tidings_queue.add_job('deliver_interactions', json_build_object('channel', 'email', 'interactionIds', array_agg(i.id::text)))
     from tidings.interactions i group by i.id / 100`,
  );
  // comparing each with each would take hours
  expect(await requeueOverdue(db, new Date())).toEqual([]);
});
