import { beforeAll, expect, test } from "vitest";
import type { ContactId, InteractionId } from "../../../src/domain/ids.ts";
import type { ConsentChange } from "../../../src/domain/vocabulary.ts";
import { applyConsent, recordConsent } from "../../../src/store/replies/consent.ts";
import { useDatabase } from "../../database.ts";
import { insertLogged } from "../../interactions.ts";
import { insertLender } from "../../lender.ts";

const { pool, db } = useDatabase();
let reply: InteractionId;

beforeAll(async () => {
  await insertLender(pool);
  reply = await insertLogged(pool, { channel: "text" });
});

const say = (change: ConsentChange): Promise<number> =>
  recordConsent(db, {
    contactIds: ["CT-PHONE" as ContactId],
    change,
    scopes: ["collection"],
    source: "reply",
    interactionId: reply,
    reason: "The borrower said so.",
  });

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
