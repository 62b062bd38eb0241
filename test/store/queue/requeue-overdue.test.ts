import { beforeAll, expect, test } from "vitest";
import { unlockAbandonedJobs } from "../../../src/store/queue/workers.ts";
import { requeueOverdue, requeueUnsettled } from "../../../src/store/settle/recovery.ts";
import { useDatabase } from "../../database.ts";
import { insertInteraction, insertInteractions } from "../../interactions.ts";
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
    `select tidings_queue.add_job('deliver_interactions', json_build_object('channel', 'email', 'lane', 'bulk', 'interactionIds', array_agg(i.id::text)), max_attempts => 1)
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

/** A due interaction; the others are canceled. */
async function insertOnlyDue(): Promise<string | undefined> {
  await pool.query(
    "update tidings.interactions set status = 'canceled', failure_description_short = 'x', failure_description_long = 'x' where status = 'scheduled'",
  );
  const [due] = await insertDue(1);
  return due;
}

/** A job as Tidings queues it for an interaction, with some columns set otherwise. */
async function plantJob(id: string | undefined, set: string): Promise<void> {
  await pool.query("delete from tidings_queue._private_jobs");
  await pool.query(
    "select tidings.queue_deliveries(array[$1::bigint], now() - interval '5 minutes')",
    [id],
  );
  if (set !== "") await pool.query(`update tidings_queue._private_jobs set ${set}`);
}

const withPayload = (key: string, value: string): string =>
  `payload = jsonb_set(payload::jsonb, '{${key}}', '${value}')::json`;

test.each([
  "run_at = 'infinity'",
  "run_at = now() + interval '1 day'",
  "attempts = 3, run_at = now() + interval '1 day'",
  "attempts = max_attempts",
  "locked_by = 'gone', locked_at = 'infinity', attempts = max_attempts",
  "task_id = (select id from tidings_queue._private_tasks where identifier = 'other')",
  "job_queue_id = (select id from tidings_queue._private_job_queues where queue_name = 'held')",
  withPayload("channel", '"fax"'),
  withPayload("lane", '"none"'),
])("a job with %s does not count as the queue's work on a due interaction", async (set) => {
  const due = await insertOnlyDue();
  await pool.query("select tidings_queue.add_job('other', queue_name => 'held')");
  await plantJob(due, "");
  expect(await requeueOverdue(db, new Date())).toEqual([]);
  await plantJob(due, set);
  await unlockAbandonedJobs(db, 8_000);
  expect(await requeueOverdue(db, new Date())).toEqual([due]);
  expect(await requeueOverdue(db, new Date())).toEqual([]);
});

test("a job that failed and waits for its next try counts", async () => {
  const due = await insertOnlyDue();
  await plantJob(due, "attempts = 10, run_at = now() + exp(10) * interval '1 second'");
  expect(await requeueOverdue(db, new Date())).toEqual([]);
});

test.each([
  "run_at = 'infinity'",
  withPayload("timesLookedUp", "7"),
  withPayload("channel", '"fax"'),
  "task_id = (select id from tidings_queue._private_tasks where identifier = 'deliver_interactions')",
])("a job with %s does not count as the queue's work on an unknown outcome", async (set) => {
  const id = await insertInteraction(pool, {
    status: "attempted",
    statusDetails: "emailOutcomeUnknown",
  });
  await pool.query("delete from tidings_queue._private_jobs");
  await pool.query(
    "select tidings.queue_settlements(array[$1::bigint], now() - interval '5 minutes', 2)",
    [id],
  );
  const before = new Date(Date.now() - 60_000);
  expect(await requeueUnsettled(db, before)).toEqual([]);
  await pool.query(`update tidings_queue._private_jobs set ${set}`);
  expect(await requeueUnsettled(db, before)).toEqual([id]);
});

test("a bulk of 100,000 that waits for its turn is looked through without comparing each with each", async () => {
  await insertDue(BULK);
  await pool.query(
    `select tidings_queue.add_job('deliver_interactions', json_build_object('channel', 'email', 'lane', 'bulk', 'interactionIds', array_agg(i.id::text)))
     from tidings.interactions i group by i.id / 100`,
  );
  // comparing each with each would take hours
  expect(await requeueOverdue(db, new Date())).toEqual([]);
});
