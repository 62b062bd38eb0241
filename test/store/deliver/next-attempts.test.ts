import { afterAll, beforeAll, expect, test } from "vitest";
import { openDb, openPool, type Db } from "../../../src/store/postgres/db.ts";
import { planNextAttempts } from "../../../src/store/deliver/next-attempts.ts";
import { useDatabase } from "../../database.ts";
import { insertLender, insertType } from "../../lender.ts";
import { interaction } from "../../ids.ts";

const { url, pool, db } = useDatabase();
const operators = openPool({ url, actor: "operator:kim", max: 1, onLost: () => {} });
const DUE = new Date("2031-03-05T15:00:00Z");
const LATEST = new Date("2031-03-04T15:00:00Z");

beforeAll(async () => {
  await insertLender(pool);
  await insertType(pool, { id: 1 });
});
afterAll(() => operators.end());

/** The latest time of the attempt that follows one which has failed and may no longer leave. */
async function latestOfNext(by: Db): Promise<Date | undefined> {
  const { rows } = await pool.query<{ id: string }>(
    `insert into tidings.interactions (origin, channel, status, failure_description_short, failure_description_long, scheduled_at_to,
       person_id, case_change_id, notification_type_id, notification_type_version)
     values ('tidings', 'email', 'failed', 'Too late to send', 'Decide.', $1, 'BO-1', nextval('tidings.case_changes_id_seq'), 1, 1)
     returning id`,
    [LATEST],
  );
  const [next] = await planNextAttempts(by, [
    { interactionId: interaction(rows[0]?.id ?? ""), dueAt: DUE },
  ]);
  const found = await pool.query<{ latest: Date }>(
    "select scheduled_at_to as latest from tidings.interactions where id = $1",
    [next],
  );
  return found.rows[0]?.latest;
}

test("an attempt that a daemon plans keeps the latest time of its notice", async () => {
  expect(await latestOfNext(db)).toEqual(LATEST);
});

test("an attempt that an operator plans may leave for a day", async () => {
  expect(await latestOfNext(openDb(operators))).toEqual(new Date("2031-03-06T15:00:00Z"));
});
