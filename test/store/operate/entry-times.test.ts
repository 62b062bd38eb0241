import { beforeAll, expect, test } from "vitest";
import type { InteractionId } from "../../../src/domain/ids.ts";
import { applyWaiting } from "../../../src/receipts/applier.ts";
import { createTreeGrower } from "../../../src/record/record-tree.ts";
import { loadTimeline } from "../../../src/store/operate/timeline.ts";
import { keepReceipts } from "../../../src/store/receipts/receipts.ts";
import { useDatabase } from "../../database.ts";
import { depsOn } from "../../deps.ts";
import { insertChanges, insertLender, insertType } from "../../lender.ts";
import { callback, insertAccepted, insertInProgress } from "../../receipts.ts";

const database = useDatabase();
const { pool, db } = database;
const deps = depsOn(database);
const MINUTE = 60_000;

interface Times {
  readonly happened: string;
  readonly learned: string;
  readonly recorded: string;
  readonly is_ahead: boolean;
}

/** The newest entry of a source about an interaction, its times relative to another time in minutes. */
async function timesOf(source: string, id: InteractionId, since: Date): Promise<Times | undefined> {
  const minutes = (column: string): string =>
    `round(extract(epoch from ${column} - $3::timestamptz) / 60)::text`;
  const { rows } = await pool.query<Times>(
    `select ${minutes("happened_at")} as happened, ${minutes("learned_at")} as learned, ${minutes("recorded_at")} as recorded, is_ahead
     from tidings.entry_times where source = $1 and interaction_id = $2 order by id desc limit 1`,
    [source, id, since],
  );
  return rows[0];
}

beforeAll(async () => {
  await insertLender(pool);
  await insertType(pool, { id: 1 });
});

test("a change of the status by a receipt has the provider's time and that of the receipt", async () => {
  const now = new Date();
  const id = await insertAccepted(pool, "SM-1");
  const reportedAt = new Date(now.getTime() - 30 * MINUTE);
  await keepReceipts(db, [{ ...callback("SM-1", "delivered"), reportedAt }]);
  await applyWaiting(deps);
  const times = { happened: "-30", learned: "0", recorded: "0", is_ahead: false };
  expect(await timesOf("transitions", id, now)).toEqual(times);
  expect(await timesOf("receipts", id, now)).toEqual(times);
});

test("a receipt of a provider whose clock is ahead counts, and its entry says so", async () => {
  const now = new Date();
  const id = await insertAccepted(pool, "SM-2");
  const reportedAt = new Date(now.getTime() + 90 * MINUTE);
  await keepReceipts(db, [{ ...callback("SM-2", "delivered"), reportedAt }]);
  await applyWaiting(deps);
  expect(await timesOf("receipts", id, now)).toMatchObject({ happened: "90", is_ahead: true });
  expect(await timesOf("transitions", id, now)).toMatchObject({ happened: "90", is_ahead: true });
  const { rows } = await pool.query("select status from tidings.interactions where id = $1", [id]);
  expect(rows).toEqual([{ status: "succeeded" }]);
});

test("an answer that is recorded late has the time at which it came", async () => {
  const now = new Date();
  const id = await insertInProgress(pool, {
    claimedAt: new Date(now.getTime() - 20 * MINUTE).toISOString(),
  });
  await pool.query(
    `update tidings.interactions set status = 'attempted', status_details = 'textQueued', provider_message_id = 'SM-3',
       ended_at = $2, evidence = '{"code": "201"}' where id = $1`,
    [id, new Date(now.getTime() - 10 * MINUTE)],
  );
  expect(await timesOf("transitions", id, now)).toEqual({
    happened: "-10",
    learned: "-10",
    recorded: "0",
    is_ahead: false,
  });
});

test("evidence that another system wrote is no receipt", async () => {
  const id = await insertInProgress(pool);
  await pool.query(
    `update tidings.interactions set status = 'attempted', status_details = 'textQueued', evidence = '{"receiptId": "x"}' where id = $1`,
    [id],
  );
  expect(await timesOf("transitions", id, new Date())).toMatchObject({ happened: "0" });
});

test("the first head that holds an entry bounds its commit", async () => {
  const [change] = await insertChanges(pool, [{ caseId: "CS-1", status: "initiated" }]);
  const about = { caseChangeIds: change === undefined ? [] : [change], interactionIds: [] };
  expect((await loadTimeline(db, about)).map(({ times }) => times.committedBy)).toEqual([null]);
  let at = Date.now();
  const grow = createTreeGrower({ db, clock: () => new Date(at), emit: () => {} }, undefined);
  await grow();
  const first = at;
  at += 2 * MINUTE;
  await insertChanges(pool, [{ caseId: "CS-2", status: "initiated" }]);
  await grow();
  const [entry] = await loadTimeline(db, about);
  expect(entry?.times.committedBy).toEqual(new Date(first));
  expect(entry?.times.recordedAt.getTime()).toBeLessThanOrEqual(first + 1_000);
});
