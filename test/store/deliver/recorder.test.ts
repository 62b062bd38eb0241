import { beforeAll, expect, test } from "vitest";
import type { InteractionId } from "../../../src/domain/ids.ts";
import type { AttemptOutcome } from "../../../src/domain/interaction.ts";
import { planNextAttempts } from "../../../src/store/deliver/next-attempts.ts";
import { outageCode } from "../../../src/store/postgres/retry.ts";
import { noteFindings, noteKeptFindings } from "../../../src/store/deliver/contact-findings.ts";
import { createRecorder } from "../../../src/store/deliver/recorder.ts";
import { scheduleNeverSent } from "../../../src/store/settle/unknown-outcomes.ts";
import { untilWaitingForLock, useDatabase } from "../../database.ts";
import { interaction } from "../../ids.ts";
import { insertInteractions } from "../../interactions.ts";
import { insertLender, insertType } from "../../lender.ts";

const { pool, db } = useDatabase();
const recorder = createRecorder({ db, onOutage: () => undefined });

const NONE = interaction(0);
const CLAIMED = new Date("2031-03-03T15:00:00Z");

beforeAll(async () => {
  await insertLender(pool);
  await insertType(pool, { id: 1 });
});

/** Interactions that a provider has just answered. */
const begin = (count: number): Promise<InteractionId[]> =>
  insertInteractions(pool, count, {
    status: "inProgress",
    claimedAt: CLAIMED,
    contactId: "CT-EMAIL",
    contact: { value: "pat@example.com" },
  });

const outcomeRow = (
  interactionId: InteractionId,
  rest: Partial<AttemptOutcome> = {},
): AttemptOutcome => ({
  interactionId,
  status: "attempted",
  statusDetails: "emailSent",
  short: null,
  long: null,
  providerMessageId: "4XyZ",
  claimedAt: CLAIMED,
  startedAt: CLAIMED,
  endedAt: CLAIMED,
  evidence: { provider: "smtp", durationMs: 1 },
  dueAt: null,
  settleAt: null,
  nextAttemptAt: null,
  finding: null,
  ...rest,
});

async function statusesOf(ids: readonly string[]): Promise<string[]> {
  const { rows } = await pool.query<{ status: string }>(
    "select status from tidings.interactions where id = any($1::bigint[]) order by id",
    [ids],
  );
  return rows.map((row) => row.status);
}

test("an answer that the tables refuse does not affect the others of its group", async () => {
  const ids = await begin(3);
  const told = await Promise.allSettled(
    ids.map((id, place) =>
      recorder.record(outcomeRow(id, place === 1 ? { providerMessageId: "\u0000" } : {})),
    ),
  );
  expect(told.map((one) => one.status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
  expect(await statusesOf(ids)).toEqual(["attempted", "inProgress", "attempted"]);
});

const contactNow = async (): Promise<object | undefined> => {
  const { rows } = await pool.query<object>(
    `select valid, receive_text_messages as texts from tidings.contacts where id = 'CT-EMAIL'`,
  );
  return rows[0];
};
const failedFor = (id: InteractionId, finding: "invalid" | "optedOut"): AttemptOutcome =>
  outcomeRow(id, { status: "failed", short: "Refused", long: "No.", finding });

test.each([
  [
    "contact",
    "select from tidings.contacts where id = 'CT-EMAIL' for update",
    "invalid",
    { valid: false, texts: true },
  ],
  // a contact that stays valid is checked against the borrower's others, which locks the borrower
  [
    "borrower",
    "select from tidings.borrowers where id = 'BO-1' for update",
    "optedOut",
    { valid: true, texts: false },
  ],
] as const)(
  "answers are recorded while the core system keeps a %s locked, and the contact when it is free",
  async (_, lock, finding, noted) => {
    await pool.query(
      "update tidings.contacts set valid = true, receive_text_messages = true where id = 'CT-EMAIL'",
    );
    const groups: InteractionId[][] = [];
    // more groups than there are writers; before the lock, because an insert refers to the borrower
    while (groups.length < 4) groups.push(await begin(2));
    const core = await pool.connect();
    await core.query(`begin; ${lock}`);
    for (const group of groups) {
      const [first = NONE, second = NONE] = group;
      await Promise.all([
        recorder.record(failedFor(first, finding)),
        recorder.record(outcomeRow(second)),
      ]);
      expect(await statusesOf(group)).toEqual(["failed", "attempted"]);
    }
    await noteKeptFindings(db);
    expect(await contactNow()).toEqual({ valid: true, texts: true });
    await core.query("commit");
    core.release();

    // any daemon does this, also after a crash of the one that recorded them
    await noteKeptFindings(db);

    expect(await contactNow()).toEqual(noted);
    expect((await pool.query("select from tidings.contact_findings")).rowCount).toBe(0);
  },
);

test("two findings about one contact are both written", async () => {
  await pool.query(
    "update tidings.contacts set valid = true, receive_text_messages = true where id = 'CT-EMAIL'",
  );
  const [first = NONE, second = NONE] = await begin(2);

  await noteFindings(db, [
    { interactionId: first, finding: "invalid" },
    { interactionId: second, finding: "optedOut" },
  ]);

  expect(await contactNow()).toEqual({ valid: false, texts: false });
});

test("a kept finding is dropped if the lender has written another address since", async () => {
  await pool.query("update tidings.contacts set valid = true where id = 'CT-EMAIL'");
  const [id = NONE] = await begin(1);
  await pool.query(
    "insert into tidings.contact_findings (interaction_id, finding) values ($1, 'invalid')",
    [id],
  );
  await pool.query("update tidings.contacts set value = 'new@example.com' where id = 'CT-EMAIL'");

  await noteKeptFindings(db);

  expect(await contactNow()).toMatchObject({ valid: true });
  expect((await pool.query("select from tidings.contact_findings")).rowCount).toBe(0);
  await pool.query("update tidings.contacts set value = 'pat@example.com' where id = 'CT-EMAIL'");
});

async function giveUp(ids: readonly string[]): Promise<void> {
  await pool.query(
    `update tidings.interactions set status = 'attempted', status_details = 'emailOutcomeUnknown' where id = any($1::bigint[])`,
    [ids],
  );
}
const LATER = new Date("2031-03-03T15:01:00Z");
const limited = (id: InteractionId): AttemptOutcome =>
  outcomeRow(id, { status: "scheduled", statusDetails: null, dueAt: LATER });

test("an answer from a worker that was declared dead reschedules its notice, but not if another attempt has followed", async () => {
  const ids = await begin(2);
  const [alone = NONE, followed = NONE] = ids;
  await giveUp(ids);
  await planNextAttempts(db, [{ interactionId: followed, dueAt: LATER }]);
  await Promise.all([recorder.record(limited(alone)), recorder.record(limited(followed))]);
  expect(await statusesOf(ids)).toEqual(["scheduled", "attempted"]);
});

test("the first answer leaves no row of history, and a later one leaves what it replaces", async () => {
  const ids = await begin(2);
  const [first = NONE, later = NONE] = ids;
  await giveUp([later]);
  const unknown = outcomeRow(later, { statusDetails: "emailOutcomeUnknown" });
  await recorder.record(unknown);
  await Promise.all([
    recorder.record(outcomeRow(first)),
    recorder.record({ ...outcomeRow(later), providerMessageId: "9Abc" }),
  ]);
  const { rows } = await pool.query<{ id: string; from: string | null }>(
    `select h.row_id as id, h.changes#>>'{provider_message_id,from}' as from from tidings.record_changes h
     where h.table_name = 'interactions' and h.row_id = any($1) order by h.id`,
    [ids],
  );
  expect(rows).toEqual([
    { id: later, from: null },
    { id: later, from: "4XyZ" },
  ]);
});

test("a message that was never accepted is not sent again if another attempt has followed", async () => {
  const ids = await begin(2);
  const [alone = NONE, followed = NONE] = ids;
  await giveUp(ids);
  await planNextAttempts(db, [{ interactionId: followed, dueAt: LATER }]);
  expect(await scheduleNeverSent(db, ids, LATER, "neverAccepted")).toEqual([alone]);
  expect(await statusesOf(ids)).toEqual(["scheduled", "attempted"]);
});

test.each([
  "EAI_AGAIN",
  "ENOTFOUND",
  "EHOSTUNREACH",
  "08P01",
  "25006",
  "40001",
  "53100",
  "55P03",
  "57014",
  "57P05",
  "28P01",
  "28000",
  "3D000",
  "53300",
  "25P03",
])("trouble that passes is waited out: %s", (code) =>
  expect(outageCode(Object.assign(new Error(), { code }))).toBe(code),
);

test.each(["22P05", "23514", "25P02", "42703", "XX000"])(
  "an error that the same statement would cause again is not: %s",
  (code) => expect(outageCode(Object.assign(new Error(), { code }))).toBeUndefined(),
);

const refused = (id: InteractionId): AttemptOutcome =>
  outcomeRow(id, {
    status: "failed",
    statusDetails: "emailBounced",
    short: "Refused",
    long: "No.",
  });

async function nextOf(id: InteractionId): Promise<number> {
  const { rowCount } = await pool.query(
    "select from tidings.interactions where previous_interaction_id = $1",
    [id],
  );
  return rowCount ?? 0;
}

test("attempts that are taken back are planned with the outcome that shows it, or neither is on record", async () => {
  const [first = NONE, third = NONE] = await begin(2);
  await recorder.record(refused(first));
  await pool.query(`
    create function public.refuse_next() returns trigger language plpgsql as $$ begin raise exception 'broken'; end $$;
    create trigger refuse_next before insert on tidings.interactions
    for each row when (new.attempt = 2) execute function public.refuse_next()`);
  const takenBack = [{ interactionId: first, dueAt: LATER }];
  await expect(recorder.record(limited(third), takenBack)).rejects.toThrow("broken");
  expect(await statusesOf([first, third])).toEqual(["failed", "inProgress"]);
  await pool.query("drop trigger refuse_next on tidings.interactions");
  await recorder.record(limited(third), takenBack);
  expect(await statusesOf([first, third])).toEqual(["failed", "scheduled"]);
  expect(await nextOf(first)).toBe(1);
});

test("an attempt that is taken back while its refusal is being recorded is not lost", async () => {
  const [first = NONE, third = NONE, ...others] = await begin(5);
  const core = await pool.connect();
  await core.query("begin");
  await core.query("select from tidings.interactions where id = $1 for update", [first]);
  const writing = recorder.record(refused(first));
  await untilWaitingForLock(pool);
  const taking = recorder.record(limited(third), [{ interactionId: first, dueAt: LATER }]);
  // each of these takes as long as the attempt that is taken back would, if it did not wait
  const another = createRecorder({ db, onOutage: () => undefined });
  for (const id of others) await another.record(refused(id));
  await core.query("commit");
  core.release();
  await Promise.all([writing, taking]);
  expect(await nextOf(first)).toBe(1);
});
