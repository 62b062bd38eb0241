import { afterAll, beforeAll, expect, test } from "vitest";
import { createDb, openPool, type Db } from "../../../src/store/postgres/db.ts";
import { planNextAttempts } from "../../../src/store/deliver/next-attempts.ts";
import { useDatabase } from "../../database.ts";
import { insertInteraction } from "../../interactions.ts";
import { insertLender, insertType } from "../../lender.ts";

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
  const interactionId = await insertInteraction(pool, { status: "failed", scheduledAtTo: LATEST });
  const [next] = await planNextAttempts(by, [{ interactionId, dueAt: DUE }]);
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
  expect(await latestOfNext(createDb(operators))).toEqual(new Date("2031-03-06T15:00:00Z"));
});
