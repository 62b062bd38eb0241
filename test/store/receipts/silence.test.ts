import { beforeAll, expect, test } from "vitest";
import { applyWaiting } from "../../../src/receipts/applier.ts";
import { keepReceipts } from "../../../src/store/receipts/receipts.ts";
import { markSilent } from "../../../src/store/receipts/silence.ts";
import { rewriteRecord, useDatabase } from "../../database.ts";
import { depsOn } from "../../deps.ts";
import type { InteractionId } from "../../../src/domain/ids.ts";
import { insertLender, insertType } from "../../lender.ts";
import { callback, insertAccepted, insertInProgress, recordAnswer } from "../../receipts.ts";

const database = useDatabase();
const { pool, db } = database;
const HOUR_MS = 3_600_000;

beforeAll(async () => {
  await insertLender(pool);
  await insertType(pool, { id: 1 });
});

const silence = (hours: number) => ({
  channel: "text" as const,
  heardBefore: new Date(Date.now() - hours * HOUR_MS),
  most: 100,
});

const age = (id: InteractionId, hours: number): Promise<void> =>
  rewriteRecord(
    pool,
    "update tidings.interactions set status_details_updated_at = now() - $2 * interval '1 hour' where id = $1",
    [id, hours],
  );

async function detailsOf(id: InteractionId): Promise<string | undefined> {
  const { rows } = await pool.query<{ details: string }>(
    "select status_details as details from tidings.interactions where id = $1",
    [id],
  );
  return rows[0]?.details;
}

test("a message without a receipt becomes NoReceipt after its time, on record, and once", async () => {
  const id = await insertAccepted(pool, "SM-A");
  await age(id, 71);
  expect(await markSilent(db, silence(72))).toEqual([]);
  await age(id, 73);
  expect(await markSilent(db, silence(72))).toEqual([id]);
  expect(await markSilent(db, silence(72))).toEqual([]);
  const { rows } = await pool.query(
    `select to_status, to_status_details, evidence->>'code' as code from tidings.interaction_transitions
     where interaction_id = $1 order by id desc limit 1`,
    [id],
  );
  expect(rows).toEqual([
    { to_status: "attempted", to_status_details: "textNoReceipt", code: "noReceipt" },
  ]);
});

test("a later receipt still counts, also one of an earlier stage", async () => {
  const id = await insertAccepted(pool, "SM-B");
  await age(id, 73);
  await markSilent(db, silence(72));
  await keepReceipts(db, [callback("SM-B", "sent")]);
  await applyWaiting(depsOn(database));
  expect(await detailsOf(id)).toBe("textSent");
  await keepReceipts(db, [callback("SM-B", "delivered")]);
  await applyWaiting(depsOn(database));
  expect(await detailsOf(id)).toBe("textDelivered");
});

test("an unknown outcome, a failure and another channel are left as they are", async () => {
  const unknown = await insertInProgress(pool);
  await recordAnswer(pool, unknown, null, "textOutcomeUnknown");
  const email = await insertAccepted(pool, null, { channel: "email", provider: "smtp" });
  const failed = await insertAccepted(pool, "SM-C");
  await keepReceipts(db, [callback("SM-C", "failed 30007")]);
  await applyWaiting(depsOn(database));
  for (const id of [unknown, email, failed]) await age(id, 500);
  expect(await markSilent(db, silence(72))).toEqual([]);
});
