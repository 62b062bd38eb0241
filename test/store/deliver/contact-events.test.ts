import { Client } from "pg";
import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { InteractionId } from "../../../src/domain/ids.ts";
import { applyWaiting } from "../../../src/receipts/applier.ts";
import { noteFindings, noteKeptFindings } from "../../../src/store/deliver/contact-findings.ts";
import { keepReceipts } from "../../../src/store/receipts/receipts.ts";
import { untilWaitingForLock, useDatabase } from "../../database.ts";
import { depsOn } from "../../deps.ts";
import { insertLender, insertType } from "../../lender.ts";
import { callback, insertAccepted, mailReport } from "../../receipts.ts";

const database = useDatabase();
const { pool, db, url } = database;
const PHONE = "+16145550107";

beforeAll(async () => {
  await insertLender(pool);
  await insertType(pool, { id: 1 });
});
/** Each test has its own number, because findings of other messages hold too. */
let phone = "";
let phones = 0;
beforeEach(async () => {
  phone = `CT-${(phones += 1)}`;
  await pool.query(
    `insert into tidings.contacts (id, borrower_id, contact_type, status, value, receive_text_messages)
     values ($1, 'BO-1', 'phone', 'additional', $2, true)`,
    [phone, PHONE],
  );
});

const insertText = (sid: string): Promise<InteractionId> =>
  insertAccepted(pool, sid, { contactId: phone });

let sids = 0;
const newSid = (): string => `SM${String((sids += 1)).padStart(32, "0")}`;

async function report(sid: string, ...said: readonly string[]): Promise<void> {
  for (const one of said) {
    await keepReceipts(db, [callback(sid, one)]);
    await applyWaiting(depsOn(database));
  }
}

async function eventsOf(id: InteractionId): Promise<string[]> {
  const { rows } = await pool.query<{ event: string }>(
    `select concat_ws(' ', case when e.withdraws_id is not null then 'not' end, e.kind, e.reason, e.code, nullif(e.changes, '{}')) as event
     from tidings.contact_events e where e.interaction_id = $1 order by e.id`,
    [id],
  );
  return rows.map((row) => row.event);
}

const contact = async (id: string): Promise<object | undefined> =>
  (
    await pool.query<object>(
      "select valid, receive_text_messages as texts from tidings.contacts where id = $1",
      [id],
    )
  ).rows[0];

describe("a finding about a contact", () => {
  test("changes the contact, and is an event with its interaction and reason", async () => {
    const sid = newSid();
    const id = await insertText(sid);
    await report(sid, "undelivered 30005");
    expect(await contact(phone)).toEqual({ valid: true, texts: false });
    expect(await eventsOf(id)).toEqual([
      expect.stringMatching(/^disconnectionCheck .* 30005$/u),
      expect.stringMatching(
        /^notTextable .* 30005 \{"receive_text_messages": \{"to": false, "from": true\}\}$/u,
      ),
    ]);
  });

  test("is not repeated by further receipts", async () => {
    const sid = newSid();
    const id = await insertText(sid);
    await report(sid, "undelivered 30005");
    // the lender has found out that the number is right
    await pool.query("update tidings.contacts set receive_text_messages = true where id = $1", [
      phone,
    ]);
    await report(sid, "sent");
    expect(await contact(phone)).toEqual({ valid: true, texts: true });
    expect(await eventsOf(id)).toHaveLength(2);
  });

  test("is withdrawn when the message arrived after all", async () => {
    const sid = newSid();
    const id = await insertText(sid);
    await report(sid, "undelivered 30005", "delivered");
    expect(await contact(phone)).toEqual({ valid: true, texts: true });
    expect((await eventsOf(id)).slice(2)).toEqual([
      "not disconnectionCheck textDelivered",
      'not notTextable textDelivered {"receive_text_messages": {"to": true, "from": false}}',
    ]);
  });

  test("holds while another message says the same", async () => {
    const [one, other] = [newSid(), newSid()];
    await insertText(one);
    await insertText(other);
    await report(one, "undelivered 30005");
    await report(other, "undelivered 30005");
    await report(one, "delivered");
    expect(await contact(phone)).toEqual({ valid: true, texts: false });
    await report(other, "delivered");
    expect(await contact(phone)).toEqual({ valid: true, texts: true });
  });

  test("is not withdrawn from a contact that has another number by now", async () => {
    const sid = newSid();
    await insertText(sid);
    await report(sid, "undelivered 30005");
    await pool.query("update tidings.contacts set value = '+16145550108' where id = $1", [phone]);
    await report(sid, "delivered");
    expect(await contact(phone)).toEqual({ valid: true, texts: false });
  });

  test("of an opt-out is not withdrawn by a delivery", async () => {
    const sid = newSid();
    await insertText(sid);
    await report(sid, "undelivered 21610", "delivered");
    expect(await contact(phone)).toEqual({ valid: true, texts: false });
  });

  test("about a locked contact waits, and so does its withdrawal", async () => {
    const sid = newSid();
    const id = await insertText(sid);
    const core = await pool.connect();
    await core.query("begin");
    await core.query("select from tidings.contacts where id = $1 for update", [phone]);
    await report(sid, "undelivered 30005");
    expect(await eventsOf(id)).toEqual([]);
    await core.query("commit");
    await noteKeptFindings(db);
    expect(await contact(phone)).toEqual({ valid: true, texts: false });

    await core.query("begin");
    await core.query("select from tidings.contacts where id = $1 for update", [phone]);
    await report(sid, "delivered");
    await core.query("commit");
    core.release();
    expect(await contact(phone)).toEqual({ valid: true, texts: false });
    await noteKeptFindings(db);
    await noteKeptFindings(db);
    expect(await contact(phone)).toEqual({ valid: true, texts: true });
    expect(await eventsOf(id)).toHaveLength(4);
    expect((await pool.query("select from tidings.contact_findings")).rowCount).toBe(0);
  });

  test("of three soft failures in 30 days ends a number for texts", async () => {
    for (const last of [false, false, true]) {
      const sid = newSid();
      await insertText(sid);
      await report(sid, "undelivered 30003");
      expect(await contact(phone)).toEqual({ valid: true, texts: !last });
    }
  });

  test("restores no second primary address", async () => {
    const id = await insertAccepted(pool, null, {
      channel: "email",
      provider: "smtp",
      contactId: "CT-EMAIL",
      contact: { value: await emailOf() },
    });
    await keepReceipts(db, [mailReport(id, "failed 5.1.1")]);
    await applyWaiting(depsOn(database));
    expect(await contact("CT-EMAIL")).toMatchObject({ valid: false });
    await pool.query(
      `insert into tidings.contacts (id, borrower_id, contact_type, status, value)
       values ('CT-NEW', 'BO-1', 'email', 'primary', 'new@example.com')`,
    );
    // a code that is not about the mailbox
    await keepReceipts(db, [mailReport(id, "failed 5.2.1")]);
    await applyWaiting(depsOn(database));
    expect((await pool.query("select from tidings.receipt_queue")).rowCount).toBe(0);
    await pool.query("delete from tidings.contacts where id = 'CT-NEW'");
  });
});

async function emailOf(): Promise<string> {
  const { rows } = await pool.query<{ value: string }>(
    "select value from tidings.contacts where id = 'CT-EMAIL'",
  );
  return rows[0]?.value ?? "";
}

test("a complaint about an email opts its address out", async () => {
  const id = await insertAccepted(pool, null, {
    channel: "email",
    provider: "smtp",
    contactId: "CT-EMAIL",
    contact: { value: await emailOf() },
  });
  await keepReceipts(db, [mailReport(id, "complaint")]);
  await applyWaiting(depsOn(database));
  const { rows } = await pool.query(
    "select change, scope, source from tidings.consent_records where contact_id = 'CT-EMAIL' order by scope",
  );
  expect(rows).toEqual([
    { change: "optOut", scope: "collection", source: "complaint" },
    { change: "optOut", scope: "marketing", source: "complaint" },
  ]);
});

describe("the cursor of the core system", () => {
  test("passes over no event that is committed late", async () => {
    const early = await insertText(newSid());
    const late = await insertText(newSid());
    const first = await pool.connect();
    await first.query("begin");
    const before = await lastId();
    await first.query(EVENT, [early]);
    // it waits until the first is committed, so its id is greater and visible later
    const second = pool.query(EVENT, [late]);
    await untilWaitingForLock(pool);
    expect(await idsAfter(before)).toEqual([]);
    await first.query("commit");
    first.release();
    await second;
    const ids = await idsAfter(before);
    expect(ids).toEqual(ids.toSorted((one, other) => one - other));
    expect(ids).toHaveLength(2);
  });

  test("is notified of the newest event", async () => {
    const listener = new Client({ connectionString: url });
    await listener.connect();
    await listener.query("listen tidings_contact_events");
    const heard = new Promise((resolve) => listener.on("notification", resolve));
    const id = await insertText(newSid());
    await noteFindings(db, [{ interactionId: id, finding: "notTextable" }]);
    expect(await heard).toMatchObject({ payload: String(await lastId()) });
    await listener.end();
  });

  test("needs no more than select", async () => {
    await expect(
      pool.query("update tidings.contact_events set reason = 'other'"),
    ).rejects.toMatchObject({ constraint: "contact_events_are_history" });
  });
});

const EVENT = `insert into tidings.contact_events (kind, contact_id, borrower_id, interaction_id, reason)
  values ('leakReview', 'CT-PHONE', 'BO-1', $1, 'x')`;

async function lastId(): Promise<number> {
  const { rows } = await pool.query<{ id: number }>(
    "select coalesce(max(id), 0)::int as id from tidings.contact_events",
  );
  return rows[0]?.id ?? 0;
}

async function idsAfter(last: number): Promise<number[]> {
  const { rows } = await pool.query<{ id: number }>(
    "select id::int from tidings.contact_events where id > $1 order by id",
    [last],
  );
  return rows.map((row) => row.id);
}
