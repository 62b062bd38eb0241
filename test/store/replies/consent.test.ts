import { beforeAll, expect, test } from "vitest";
import type { ContactId, InteractionId } from "../../../src/domain/ids.ts";
import type { ConsentChange } from "../../../src/domain/vocabulary.ts";
import {
  applyConsent,
  type ConsentRecord,
  recordConsent,
  recordConsentRow,
} from "../../../src/store/replies/consent.ts";
import { useDatabase } from "../../database.ts";
import { insertLogged } from "../../interactions.ts";
import { insertLender } from "../../lender.ts";

const { pool, db } = useDatabase();
let reply: InteractionId;

beforeAll(async () => {
  await insertLender(pool);
  reply = await insertLogged(pool, { channel: "text" });
});

const record = (change: ConsentChange): ConsentRecord => ({
  contactIds: ["CT-PHONE" as ContactId],
  change,
  scopes: ["collection"],
  source: "reply",
  interactionId: reply,
  reason: "The borrower said so.",
});
const say = (change: ConsentChange): Promise<number> => recordConsent(db, record(change));

async function isOptedOut(): Promise<boolean> {
  const { rows } = await pool.query<{ out: boolean }>(
    "select opted_out_at is not null as out from tidings.contacts where id = 'CT-PHONE'",
  );
  return rows[0]?.out ?? false;
}

test.each<{ first: ConsentChange[]; whileLocked: ConsentChange[]; isOut: boolean }>([
  { first: [], whileLocked: ["optOut"], isOut: true },
  { first: [], whileLocked: ["optOut", "optIn"], isOut: false },
  { first: [], whileLocked: ["optOut", "optIn", "optOut"], isOut: true },
  { first: ["optOut"], whileLocked: ["optIn"], isOut: false },
  { first: ["optOut"], whileLocked: ["optIn", "optOut"], isOut: true },
  { first: ["optOut"], whileLocked: ["optIn", "optOut", "optIn"], isOut: false },
])(
  "the last of $whileLocked counts after $first, though the core system keeps the contact locked",
  async ({ first, whileLocked, isOut }) => {
    await pool.query("update tidings.contacts set opted_out_at = null where id = 'CT-PHONE'");
    for (const change of first) await say(change);
    const core = await pool.connect();
    try {
      await core.query("begin; select from tidings.contacts where id = 'CT-PHONE' for update");
      for (const change of whileLocked) await say(change);
      await core.query("commit");
    } finally {
      core.release();
    }
    await applyConsent(db);
    expect(await isOptedOut()).toBe(isOut);
  },
);

interface Event {
  readonly kind: string;
  readonly reason: string;
  readonly changes: Record<string, { from: unknown; to: unknown }>;
}

async function eventsAfter(id: string): Promise<Event[]> {
  const { rows } = await pool.query<Event>(
    "select kind, reason, changes from tidings.contact_events where id > $1 and contact_id = 'CT-PHONE' order by id",
    [id],
  );
  return rows;
}

async function lastEvent(): Promise<string> {
  const { rows } = await pool.query<{ id: string }>(
    "select coalesce(max(id), 0)::text as id from tidings.contact_events",
  );
  return rows[0]?.id ?? "0";
}

test("the core system reads each decision once, with what it changed of the contact", async () => {
  await pool.query(
    "update tidings.contacts set opted_out_at = null, receive_text_messages = true where id = 'CT-PHONE'",
  );
  const before = await lastEvent();

  await say("optOut");
  await say("optOut");
  await applyConsent(db);
  await say("optIn");

  const opted = { from: null, to: expect.any(String) as string };
  expect(await eventsAfter(before)).toEqual([
    {
      kind: "optedOut",
      reason: "The borrower said so.",
      changes: { opted_out_at: opted, receive_text_messages: { from: true, to: false } },
    },
    {
      kind: "optedIn",
      reason: "The borrower said so.",
      changes: {
        opted_out_at: { from: expect.any(String) as string, to: null },
        receive_text_messages: { from: false, to: true },
      },
    },
  ]);
});

test("decisions that waited for the contact become events in their order, and the last has the change", async () => {
  await pool.query(
    "update tidings.contacts set opted_out_at = null, receive_text_messages = true where id = 'CT-PHONE'",
  );
  const before = await lastEvent();
  const core = await pool.connect();
  try {
    await core.query("begin; select from tidings.contacts where id = 'CT-PHONE' for update");
    await say("optOut");
    await say("optIn");
    await say("optOut");
    expect(await eventsAfter(before)).toEqual([]);
    await core.query("commit");
  } finally {
    core.release();
  }

  await Promise.all([applyConsent(db), applyConsent(db)]);

  const events = await eventsAfter(before);
  expect(events.map(({ kind }) => kind)).toEqual(["optedOut", "optedIn", "optedOut"]);
  expect(events.map(({ changes }) => Object.keys(changes).length)).toEqual([0, 0, 2]);
});

test("a change that is repeated while it waits is recorded once", async () => {
  await pool.query("update tidings.contacts set opted_out_at = null where id = 'CT-PHONE'");
  const core = await pool.connect();
  try {
    await core.query("begin; select from tidings.contacts where id = 'CT-PHONE' for update");
    expect([await say("optOut"), await say("optOut")]).toEqual([1, 0]);
    await core.query("commit");
  } finally {
    core.release();
  }
});

test("concurrent calls write each decision once, and none of them fails", async () => {
  await pool.query("update tidings.contacts set opted_out_at = null where id = 'CT-PHONE'");
  const before = await lastEvent();
  for (let round = 0; round < 20; round += 1) {
    const isOut = round % 2 === 0;
    await recordConsentRow(db, record(isOut ? "optOut" : "optIn"));
    await Promise.all([applyConsent(db), applyConsent(db), applyConsent(db)]);
    expect(await isOptedOut()).toBe(isOut);
  }
  expect((await eventsAfter(before)).length).toBe(20);
});

test("the writer of a record chooses neither its time nor its author, nor that it is applied", async () => {
  const { rows } = await pool.query<object>(
    `insert into tidings.consent_records (contact_id, change, scope, source, interaction_id, reason, recorded_at, recorded_by, applied_at)
     values ('CT-PHONE', 'optIn', 'collection', 'reply', $1, 'x', '2001-01-01', 'operator:somebody', '2001-01-01')
     returning recorded_at > now() - interval '1 day' as is_new, recorded_by <> 'operator:somebody' as is_own, applied_at`,
    [reply],
  );
  expect(rows).toEqual([{ is_new: true, is_own: true, applied_at: null }]);
});
