import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Deps } from "../../src/deps.ts";
import { applyWaiting } from "../../src/receipts/applier.ts";
import { keepReceipts } from "../../src/store/receipts/receipts.ts";
import { useDatabase } from "../database.ts";
import { depsOn } from "../deps.ts";
import { movesOf, standingOf } from "../interactions.ts";
import { insertLender, insertType } from "../lender.ts";
import {
  callback,
  insertAccepted,
  insertInProgress,
  mailReport,
  recordAnswer,
} from "../receipts.ts";

const database = useDatabase();
const { pool, db } = database;
const events: { event: string; fields: object }[] = [];
const deps: Deps = depsOn(database, {
  emit: (event, fields) => void events.push({ event, fields }),
});
beforeAll(async () => {
  await insertLender(pool);
  await insertType(pool, { id: 1 });
});
beforeEach(() => void events.splice(0));

let sids = 0;
const newSid = (): string => `SM${String((sids += 1)).padStart(32, "0")}`;

/** Makes postponed receipts due and applies all that can be. */
async function applyAll(): Promise<void> {
  await pool.query("update tidings.receipt_queue set run_at = now()");
  await applyWaiting(deps);
}

async function report(sid: string, ...said: readonly string[]): Promise<void> {
  await keepReceipts(
    db,
    said.map((one) => callback(sid, one)),
  );
  await applyAll();
}

const queued = async (): Promise<number | null> =>
  (await pool.query("select from tidings.receipt_queue")).rowCount;

async function oddities(): Promise<object[]> {
  const { rows } = await pool.query<object>(
    `select r.raw_status as word, o.reason, o.closed_at is not null as closed
     from tidings.receipt_oddities o join tidings.receipts r on r.id = o.receipt_id
     where r.provider_message_id = (select max(provider_message_id) from tidings.receipts) order by r.id`,
  );
  return rows;
}

describe("a receipt", () => {
  test("moves its interaction forward, on record, and never back", async () => {
    const sid = newSid();
    const id = await insertAccepted(pool, sid);
    await report(sid, "delivered");
    await report(sid, "sent");
    expect(await movesOf(pool, id)).toEqual([
      "inProgress",
      "attempted textQueued 201",
      "succeeded textDelivered delivered",
    ]);
    expect(await queued()).toBe(0);
  });

  test("that comes twice is one row and one transition", async () => {
    const sid = newSid();
    const id = await insertAccepted(pool, sid);
    await report(sid, "delivered", "delivered");
    await report(sid, "delivered");
    expect((await movesOf(pool, id)).filter((move) => move.startsWith("succeeded"))).toHaveLength(
      1,
    );
    const { rowCount } = await pool.query(
      "select from tidings.receipts where provider_message_id = $1",
      [sid],
    );
    expect(rowCount).toBe(1);
  });

  test("that comes before the answer to the call is on record waits for it", async () => {
    const sid = newSid();
    const id = await insertInProgress(pool);
    await report(sid, "delivered");
    expect(await standingOf(pool, id)).toBe("inProgress");
    expect(await queued()).toBe(1);
    await recordAnswer(pool, id, sid);
    await applyAll();
    expect(await standingOf(pool, id)).toBe("succeeded textDelivered");
    expect(await queued()).toBe(0);
  });

  test("that names no message of ours is put aside after ten minutes, and reported once", async () => {
    const sid = newSid();
    await report(sid, "delivered");
    expect(await queued()).toBe(1);
    await makeOld(sid);
    await applyAll();
    expect(await queued()).toBe(0);
    expect(await oddities()).toEqual([{ word: "delivered", reason: "noMessage", closed: false }]);
    expect(events).toEqual([
      {
        event: "receipts.putAside",
        fields: { reason: "noMessage", receipts: 1, firstReceiptId: expect.any(String) },
      },
    ]);
  });

  test("that was put aside counts as soon as the recorder learns of its message", async () => {
    const sid = newSid();
    const id = await insertInProgress(pool, { claimedAt: CLAIMED_AT });
    await report(sid, "delivered");
    await makeOld(sid);
    await applyAll();
    await deps.recorder.record({
      interactionId: id,
      status: "attempted",
      statusDetails: "textQueued",
      short: null,
      long: null,
      providerMessageId: sid,
      claimedAt: CLAIMED_AT,
      startedAt: CLAIMED_AT,
      endedAt: CLAIMED_AT,
      evidence: { provider: "twilio", code: "201", durationMs: 1 },
      dueAt: null,
      settleAt: null,
      nextAttemptAt: null,
      finding: null,
    });
    await applyAll();
    expect(await standingOf(pool, id)).toBe("succeeded textDelivered");
    expect(await oddities()).toEqual([{ word: "delivered", reason: "noMessage", closed: true }]);
  });

  test("that names an interaction with another message is put aside", async () => {
    const id = await insertAccepted(pool, newSid());
    const other = newSid();
    await keepReceipts(db, [{ ...callback(other, "failed 30005"), interactionId: id }]);
    await applyAll();
    expect(await standingOf(pool, id)).toBe("attempted textQueued");
    expect(await oddities()).toEqual([{ word: "failed", reason: "otherMessage", closed: false }]);
  });

  test("that names an interaction of unknown outcome settles it", async () => {
    const sid = newSid();
    const id = await insertInProgress(pool);
    await recordAnswer(pool, id, null, "textOutcomeUnknown");
    await keepReceipts(db, [{ ...callback(sid, "sent"), interactionId: id }]);
    await applyAll();
    const { rows } = await pool.query(
      "select status_details, provider_message_id, settle_at from tidings.interactions where id = $1",
      [id],
    );
    expect(rows).toEqual([
      { status_details: "textSent", provider_message_id: sid, settle_at: null },
    ]);
  });

  test("whose message is locked by another transaction is applied later", async () => {
    const sid = newSid();
    const id = await insertAccepted(pool, sid);
    const client = await pool.connect();
    await client.query("begin");
    await client.query("select from tidings.interactions where id = $1 for update", [id]);
    await report(sid, "delivered");
    await client.query("commit");
    client.release();
    expect(await standingOf(pool, id)).toBe("attempted textQueued");
    await applyAll();
    expect(await standingOf(pool, id)).toBe("succeeded textDelivered");
  });

  test("cannot be changed", async () => {
    const sid = newSid();
    await insertAccepted(pool, sid);
    await report(sid, "sent");
    for (const set of ["raw_status = 'delivered'", "interaction_id = 1", "code = '1'"])
      await expect(
        pool.query(`update tidings.receipts set ${set} where provider_message_id = $1`, [sid]),
      ).rejects.toMatchObject({ constraint: "receipts_are_history" });
  });
});

const CLAIMED_AT = new Date("2026-11-20T16:30:00Z");

async function makeOld(sid: string): Promise<void> {
  const client = await pool.connect();
  await client.query("begin; set local session_replication_role = replica");
  await client.query(
    "update tidings.receipts set received_at = now() - interval '11 minutes' where provider_message_id = $1",
    [sid],
  );
  await client.query("commit");
  client.release();
}

describe("a receipt that does not fit", () => {
  test("is an open oddity, and is closed when it fits after all", async () => {
    const sid = newSid();
    const id = await insertAccepted(pool, sid);
    await report(sid, "canceled", "sent");
    expect(await standingOf(pool, id)).toBe("attempted textSent");
    expect(await oddities()).toEqual([{ word: "canceled", reason: "contradicted", closed: false }]);
    await report(sid, "teleported");
    expect(await oddities()).toEqual([
      { word: "canceled", reason: "contradicted", closed: false },
      { word: "teleported", reason: "unknownStatus", closed: false },
    ]);
  });
});

describe("a failure after the acceptance", () => {
  test("has its reason and its code on record, and the next attempt when the code says so", async () => {
    const sid = newSid();
    const id = await insertAccepted(pool, sid);
    await report(sid, "undelivered 30003");
    expect((await movesOf(pool, id)).at(-1)).toBe("failed textUndelivered 30003");
    const { rows } = await pool.query(
      `select n.status, n.attempt, round(extract(epoch from n.scheduled_at_from - r.received_at) / 60)::int as minutes
       from tidings.interactions n, tidings.receipts r
       where n.previous_interaction_id = $1 and r.interaction_id = $1`,
      [id],
    );
    expect(rows).toEqual([{ status: "scheduled", attempt: 2, minutes: 30 }]);
  });

  test("is withdrawn by a late delivery, which also withdraws the next attempt", async () => {
    const sid = newSid();
    const id = await insertAccepted(pool, sid);
    await report(sid, "undelivered 30003");
    await report(sid, "delivered");
    expect(await standingOf(pool, id)).toBe("succeeded textDelivered");
    const { rows } = await pool.query(
      "select status from tidings.interactions where previous_interaction_id = $1",
      [id],
    );
    expect(rows).toEqual([{ status: "canceled" }]);
    expect(events.at(-1)).toMatchObject({
      event: "outcome.reversed",
      fields: { alert: "deliveredAfterFailure" },
    });
  });

  test("after a delivery is a late bounce", async () => {
    const id = await insertAccepted(pool, null, {
      channel: "email",
      provider: "smtp",
      contactId: "CT-EMAIL",
    });
    await keepReceipts(db, [mailReport(id, "delivered 2.0.0")]);
    await applyAll();
    expect(await standingOf(pool, id)).toBe("succeeded emailDelivered");
    await keepReceipts(db, [mailReport(id, "failed 5.1.1")]);
    await applyAll();
    expect(await standingOf(pool, id)).toBe("failed emailBounced");
    expect(events.at(-1)).toMatchObject({
      event: "outcome.reversed",
      fields: { alert: "lateBounce" },
    });
  });

  test("is found by the Message-ID of the chain, at its last attempt", async () => {
    const first = await insertAccepted(pool, null, { channel: "email", provider: "smtp" });
    await keepReceipts(db, [
      {
        ...mailReport(first, "failed 5.2.2"),
        interactionId: null,
        providerMessageId: `tidings.${first}@lender.example`,
      },
    ]);
    await applyAll();
    expect(await standingOf(pool, first)).toBe("failed emailBounced");
  });
});

test("two daemons apply the receipts of one message once", async () => {
  const sid = newSid();
  const id = await insertAccepted(pool, sid);
  await keepReceipts(
    db,
    ["sent", "undelivered 30005", "delivered", "read"].map((said) => callback(sid, said)),
  );
  await Promise.all([applyWaiting(deps), applyWaiting(depsOn(database))]);
  await applyAll();
  expect(await standingOf(pool, id)).toBe("succeeded textRead");
  expect(await queued()).toBe(0);
});

test("a report of the core system is not undone by a receipt of an earlier stage", async () => {
  const sid = newSid();
  const id = await insertAccepted(pool, sid);
  await pool.query(
    "update tidings.interactions set status = 'succeeded', status_details = 'textRead' where id = $1",
    [id],
  );
  await report(sid, "sent");
  expect(await standingOf(pool, id)).toBe("succeeded textRead");
  await report(sid, "undelivered 30005");
  expect(await standingOf(pool, id)).toBe("failed textUndelivered");
});
