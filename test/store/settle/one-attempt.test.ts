import { beforeAll, describe, expect, test } from "vitest";
import type { InteractionId } from "../../../src/domain/ids.ts";
import { planNextAttempts } from "../../../src/store/deliver/next-attempts.ts";
import { createDb } from "../../../src/store/postgres/db.ts";
import { scheduleNeverSent } from "../../../src/store/settle/unknown-outcomes.ts";
import { untilWaitingForLock, useDatabase } from "../../database.ts";
import { insertInteraction } from "../../interactions.ts";
import { insertLender, insertType } from "../../lender.ts";

const { pool } = useDatabase();
const db = createDb(pool);
const DUE = new Date("2031-03-05T15:00:00Z");

beforeAll(async () => {
  await insertLender(pool);
  await insertType(pool, { id: 1 });
});

const insertUnknown = (): Promise<InteractionId> =>
  insertInteraction(pool, { status: "attempted", statusDetails: "emailOutcomeUnknown" });

async function scheduledOf(id: InteractionId): Promise<number> {
  const { rowCount } = await pool.query(
    "select from tidings.interactions where (id = $1 or first_interaction_id = $1) and status = 'scheduled'",
    [id],
  );
  return rowCount ?? 0;
}

describe("a notice is scheduled once when a retry and a settlement meet", () => {
  test("the retry commits first", async () => {
    const id = await insertUnknown();
    const planned = Promise.withResolvers<void>();
    const mayCommit = Promise.withResolvers<void>();
    const retry = db.transaction().execute(async (trx) => {
      expect(await planNextAttempts(trx, [{ interactionId: id, dueAt: DUE }])).toHaveLength(1);
      planned.resolve();
      await mayCommit.promise;
    });
    await planned.promise;
    const settlement = scheduleNeverSent(db, [id], DUE, "operator");
    await untilWaitingForLock(pool);
    mayCommit.resolve();
    await retry;
    expect(await settlement).toEqual([]);
    expect(await scheduledOf(id)).toBe(1);
  });

  test("the settlement commits first", async () => {
    const id = await insertUnknown();
    const client = await pool.connect();
    await client.query("begin");
    await client.query(
      "update tidings.interactions set status = 'scheduled', status_details = null where id = $1",
      [id],
    );
    const retry = planNextAttempts(db, [{ interactionId: id, dueAt: DUE }]);
    await untilWaitingForLock(pool);
    await client.query("commit");
    client.release();
    expect(await retry).toEqual([]);
    expect(await scheduledOf(id)).toBe(1);
  });

  test("no statement schedules an interaction that another attempt has followed", async () => {
    const id = await insertUnknown();
    await planNextAttempts(db, [{ interactionId: id, dueAt: DUE }]);
    const change = pool.query(
      "update tidings.interactions set status = 'scheduled', status_details = null where id = $1",
      [id],
    );
    await expect(change).rejects.toMatchObject({
      constraint: "interactions_are_sent_by_one_attempt",
    });
  });
});
