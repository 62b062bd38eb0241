import { beforeAll, describe, expect, test } from "vitest";
import { amend } from "../../../src/commands/amend.ts";
import { explain } from "../../../src/commands/explain/explain.ts";
import { retry } from "../../../src/commands/retry.ts";
import { planNextAttempts } from "../../../src/store/deliver/next-attempts.ts";
import { markSilent } from "../../../src/store/receipts/silence.ts";
import { listUndelivered } from "../../../src/store/operate/undelivered.ts";
import { runOn } from "../../commands/run.ts";
import { untilWaitingForLock, useDatabase } from "../../database.ts";
import { insertInteraction, insertLogged, type InteractionFields } from "../../interactions.ts";
import { insertLender, insertType } from "../../lender.ts";

const database = useDatabase();
const { pool, db } = database;
beforeAll(async () => {
  await insertLender(pool);
  await insertType(pool, { id: 1 });
});

const WORDS = ["--reason", "It was wrong.", "--evidence", "Letter 55"] as const;
const amendAs = (id: string, kind: string, outcome: string, ...more: readonly string[]) =>
  runOn(database, amend, id, "--kind", kind, "--as", outcome, ...WORDS, ...more);

const CALLED = "2026-03-01T12:00:00Z";

/** A message that was delivered, with the receipt that says so. */
async function insertDelivered(): Promise<string> {
  const id = await insertInteraction(pool, { status: "inProgress", claimedAt: CALLED });
  await move(id, "attempted", "emailSent");
  await pool.query(
    "insert into tidings.receipts (provider, interaction_id, raw_status) values ('smtp', $1, 'delivered')",
    [id],
  );
  await move(id, "succeeded", "emailDelivered");
  return id;
}

const move = (id: string, status: string, details: string) =>
  pool.query("update tidings.interactions set status = $2, status_details = $3 where id = $1", [
    id,
    status,
    details,
  ]);

async function effectiveOf(id: string): Promise<readonly (string | null)[]> {
  const { rows } = await pool.query<{ status: string; status_details: string | null }>(
    "select status, status_details from tidings.effective_statuses where interaction_id = $1",
    [id],
  );
  return [rows[0]?.status ?? null, rows[0]?.status_details ?? null];
}

/** Every row about an interaction but amendments. */
async function recordOf(id: string): Promise<string> {
  const { rows } = await pool.query<{ record: string }>(
    `select concat((select jsonb_agg(to_jsonb(i)) from tidings.interactions i where i.id = $1),
      (select jsonb_agg(to_jsonb(t) order by t.id) from tidings.interaction_transitions t where t.interaction_id = $1),
      (select jsonb_agg(to_jsonb(r) order by r.id) from tidings.receipts r where r.interaction_id = $1),
      (select jsonb_agg(to_jsonb(h) order by h.id) from tidings.record_changes h where h.row_id = $1::text)) as record`,
    [id],
  );
  return rows[0]?.record ?? "";
}

describe("the wait for a receipt", () => {
  const accepted = async (): Promise<string> => {
    const id = await insertInteraction(pool, { status: "inProgress", claimedAt: CALLED });
    await move(id, "attempted", "emailSent");
    return id;
  };
  const waitsOf = async (id: string): Promise<object[]> => {
    const { rows } = await pool.query<object>(
      "select reason from tidings.waiting where interaction_id = $1",
      [id],
    );
    return rows;
  };

  test("does not end an amendment when its term is over, and is no wait while the amendment is in force", async () => {
    const [lost, other] = [await accepted(), await accepted()];
    await amendAs(lost, "lostByCarrier", "notDelivered");
    const heardBefore = new Date(Date.now() + 60_000);
    expect(await markSilent(db, { channel: "email", heardBefore, most: 100 })).toEqual([other]);
    expect(await effectiveOf(lost)).toEqual(["failed", "emailFailed"]);
    expect([await waitsOf(lost), await waitsOf(other)]).toEqual([[], []]);
    const later = await accepted();
    expect(await waitsOf(later)).toEqual([{ reason: "receipt" }]);
  });
});

describe("an amendment", () => {
  test("changes the effective status and no recorded row, and is shown with its author, reason and evidence", async () => {
    const id = await insertDelivered();
    const before = await recordOf(id);
    const at = ["--at", "2026-03-09T12:00:00Z"];
    const { code, output } = await amendAs(id, "receiptWrong", "notDelivered", ...at);
    expect(output).toContain(`Interaction ${id} is amended to failed (amendment `);
    expect(code).toBe(0);
    expect(await recordOf(id)).toBe(before);
    expect(await effectiveOf(id)).toEqual(["failed", "emailFailed"]);
    const explained = (await runOn(database, explain, id)).output.replaceAll(/\s+/g, " ");
    expect(explained).toContain("email: succeeded emailDelivered");
    expect(explained).toContain(
      `Interaction ${id} is failed emailFailed since Mon 2026-03-09 08:00 EDT, because its receipt was wrong: It was wrong. (Letter 55). operator:kim recorded this on`,
    );
    expect(explained).toMatch(
      /What happens next An amendment counts in place of the recorded status: it is failed \w+\./,
    );
    expect(explained).not.toContain("It was delivered");
    const json = JSON.parse((await runOn(database, explain, id, "--json")).output) as object;
    expect(json).toMatchObject({ amendments: [{ kind: "receiptWrong", isInForce: true }] });
  });

  test("is ended by a later transition, which another amendment can correct", async () => {
    const id = await insertDelivered();
    await amendAs(id, "lostByCarrier", "notDelivered");
    await pool.query(
      `update tidings.interactions set status = 'failed', status_details = 'emailBounced', failure_description_short = 'Bounced',
         failure_description_long = 'It bounced.' where id = $1`,
      [id],
    );
    expect(await effectiveOf(id)).toEqual(["failed", "emailBounced"]);
    expect((await runOn(database, explain, id)).output.replaceAll(/\s+/g, " ")).toContain(
      "A later entry has ended this amendment.",
    );
    await amendAs(id, "receiptWrong", "delivered");
    expect(await effectiveOf(id)).toEqual(["succeeded", "emailDelivered"]);
  });

  test("is itself corrected by another one, also back to what was recorded", async () => {
    const id = await insertDelivered();
    await amendAs(id, "lostByCarrier", "notDelivered");
    await amendAs(id, "receiptWrong", "delivered");
    expect(await effectiveOf(id)).toEqual(["succeeded", "emailDelivered"]);
    const { rows } = await pool.query<{ replaced: number }>(
      "select count(replaces_id)::int as replaced from tidings.amendments where interaction_id = $1",
      [id],
    );
    expect(rows).toEqual([{ replaced: 1 }]);
  });

  test("of a settlement follows an unknown outcome that was settled", async () => {
    const id = await insertInteraction(pool, { status: "inProgress" });
    await move(id, "attempted", "emailOutcomeUnknown");
    await move(id, "attempted", "emailSent");
    expect((await amendAs(id, "settlementWrong", "notDelivered")).code).toBe(0);
    expect(await effectiveOf(id)).toEqual(["failed", "emailFailed"]);
  });
});

describe("a notice that arrived after all, by an amendment", () => {
  const RETRY = ["--status", "failed", "--by", "kim", "--yes"] as const;

  /** A message of which the provider reported wrongly that it bounced. */
  async function insertBounced(fields: InteractionFields = {}): Promise<string> {
    const id = await insertInteraction(pool, {
      status: "failed",
      statusDetails: "emailBounced",
      claimedAt: new Date(),
      claimedBy: "w-1",
      ...fields,
    });
    await pool.query(
      "insert into tidings.receipts (provider, interaction_id, raw_status) values ('smtp', $1, 'bounced')",
      [id],
    );
    return id;
  }
  const attemptsAfter = async (id: string): Promise<number | null> =>
    (await pool.query("select from tidings.interactions where first_interaction_id = $1", [id]))
      .rowCount;

  test("is not sent again, by its id or with others that failed", async () => {
    const id = await insertBounced();
    await amendAs(id, "receiptWrong", "delivered");
    const one = await runOn(database, retry, id, "--by", "kim");
    expect([one.code, one.output.replaceAll(/\s+/g, " ")]).toEqual([
      4,
      expect.stringContaining("an amendment says that it was sent"),
    ]);
    await runOn(database, retry, ...RETRY);
    expect(await planNextAttempts(db, [{ interactionId: id as never, dueAt: new Date() }])).toEqual(
      [],
    );
    expect(await attemptsAfter(id)).toBe(0);
  });

  test("is not sent again by a later attempt that failed too", async () => {
    const first = await insertBounced();
    const second = await insertBounced({
      previousInteractionId: first,
      firstInteractionId: first,
      attempt: 2,
    });
    await amendAs(first, "receiptWrong", "delivered");
    expect((await runOn(database, retry, second, "--by", "kim")).code).toBe(4);
    expect(await attemptsAfter(first)).toBe(1);
  });

  test("can be sent again when another amendment says that it did not arrive", async () => {
    const id = await insertBounced();
    await amendAs(id, "receiptWrong", "delivered");
    await amendAs(id, "receiptWrong", "notDelivered");
    expect((await runOn(database, retry, id, "--by", "kim")).code).toBe(0);
    expect(await attemptsAfter(id)).toBe(1);
  });
});

test("a notice that the law requires counts as not sent by the amendment in force", async () => {
  await pool.query(`
    insert into tidings.templates (id, version, channel, subject_template, text_template, required_by_law) values (70, 1, 'email', 'x', 'x', true)`);
  const id = await insertInteraction(pool, {
    status: "inProgress",
    templateId: 70,
    templateVersion: 1,
  });
  await move(id, "attempted", "emailSent");
  const listed = async (): Promise<boolean> =>
    (await listUndelivered(db, 100)).some(({ interactionId }) => interactionId === id);
  await amendAs(id, "lostByCarrier", "notDelivered");
  expect(await listed()).toBe(true);
  await pool.query(
    "insert into tidings.receipts (provider, interaction_id, raw_status) values ('smtp', $1, 'delivered')",
    [id],
  );
  await amendAs(id, "receiptWrong", "delivered");
  expect(await listed()).toBe(false);
});

describe("the database refuses an amendment", () => {
  const refusal = async (id: string, ...words: readonly [string, string, ...string[]]) => {
    const { code, output } = await amendAs(id, ...words);
    return [code, /\((amendments_\w+)\)\.$/.exec(output.replaceAll(/\s+/g, " "))?.[1]];
  };

  test.each<[string, () => Promise<string>, [string, string, ...string[]], string]>([
    [
      "of what others logged",
      () => insertLogged(pool),
      ["lostByCarrier", "notDelivered"],
      "amendments_are_of_notices",
    ],
    [
      "of what is scheduled",
      () => insertInteraction(pool),
      ["lostByCarrier", "notDelivered"],
      "amendments_are_of_sent_messages",
    ],
    [
      "of what failed before it was sent",
      () => insertInteraction(pool, { status: "failed" }),
      ["lostByCarrier", "notDelivered"],
      "amendments_are_of_sent_messages",
    ],
    [
      "of an unknown outcome",
      () => insertInteraction(pool, { status: "attempted", statusDetails: "emailOutcomeUnknown" }),
      ["settlementWrong", "delivered"],
      "amendments_are_of_known_outcomes",
    ],
    [
      "of a receipt that did not come",
      () => insertInteraction(pool, { status: "attempted", statusDetails: "emailSent" }),
      ["receiptWrong", "delivered"],
      "amendments_of_receipts_have_a_receipt",
    ],
    [
      "of a settlement that was not made",
      insertDelivered,
      ["settlementWrong", "notDelivered"],
      "amendments_of_settlements_have_a_settlement",
    ],
    [
      "of the loss of what was refused",
      () =>
        insertInteraction(pool, {
          status: "failed",
          claimedAt: new Date(),
          claimedBy: "w-1",
          statusDetails: "emailBounced",
        }),
      ["lostByCarrier", "notDelivered"],
      "amendments_of_losses_were_accepted",
    ],
    [
      "that a lost message arrived",
      insertDelivered,
      ["lostByCarrier", "sent"],
      "amendments_lost_messages_have_failed",
    ],
    [
      "to what it is already",
      insertDelivered,
      ["receiptWrong", "delivered"],
      "amendments_change_the_outcome",
    ],
    [
      "at a time that is yet to come",
      insertDelivered,
      ["receiptWrong", "notDelivered", "--at", "9000-01-01T00:00:00Z"],
      "amendments_happened_at_is_not_in_the_future",
    ],
    [
      "at a time before the call",
      insertDelivered,
      ["receiptWrong", "notDelivered", "--at", "2026-03-01T11:59:00Z"],
      "amendments_happened_at_follows_the_call",
    ],
  ])("%s", async (_what, insert, words, rule) => {
    const id = await insert();
    expect(await refusal(id, ...words)).toEqual([4, rule]);
    const { rowCount } = await pool.query(
      "select from tidings.amendments where interaction_id = $1",
      [id],
    );
    expect(rowCount).toBe(0);
  });

  test("while a later attempt is not finished", async () => {
    const id = await insertInteraction(pool, {
      status: "failed",
      claimedAt: new Date(),
      claimedBy: "w-1",
    });
    await pool.query(
      "insert into tidings.receipts (provider, interaction_id, raw_status) values ('smtp', $1, 'bounced')",
      [id],
    );
    await insertInteraction(pool, {
      previousInteractionId: id,
      firstInteractionId: id,
      attempt: 2,
    });
    expect(await refusal(id, "receiptWrong", "delivered")).toEqual([
      4,
      "amendments_wait_for_later_attempts",
    ]);
  });

  test("that is changed or deleted later", async () => {
    for (const statement of [
      "update tidings.amendments set reason = 'x'",
      "delete from tidings.amendments",
    ])
      await expect(pool.query(statement)).rejects.toMatchObject({
        constraint: "amendments_are_history",
      });
  });
});

test("a command without its options, and an interaction that is not on record, are refused", async () => {
  await expect(amendAs("999999", "receiptWrong", "delivered")).rejects.toMatchObject({
    code: "NOT_FOUND",
  });
  await expect(amendAs("1", "mistake", "delivered")).rejects.toThrow("--kind must be one of");
  await expect(amendAs("1", "receiptWrong", "gone")).rejects.toThrow("--as must be one of");
  await expect(
    runOn(database, amend, "1", "--kind", "receiptWrong", "--as", "sent", "--reason", "x"),
  ).rejects.toThrow("--evidence is missing");
});

test("a retry that waits for the lock of an amendment to sent plans nothing", async () => {
  const id = await insertInteraction(pool, { status: "inProgress" });
  await move(id, "attempted", "emailSent");
  await pool.query(
    `update tidings.interactions set status = 'failed', status_details = 'emailBounced',
       failure_description_short = 'Bounced', failure_description_long = 'It came back.' where id = $1`,
    [id],
  );
  await pool.query(
    "insert into tidings.receipts (provider, interaction_id, raw_status) values ('smtp', $1, 'failed')",
    [id],
  );
  const amending = await pool.connect();
  try {
    await amending.query("begin");
    await amending.query(
      `insert into tidings.amendments (interaction_id, kind, transition_id, status, status_details, reason, evidence)
       values ($1, 'receiptWrong', 0, 'succeeded', 'emailDelivered', 'wrong', 'letter')`,
      [id],
    );
    const retried = planNextAttempts(db, [{ interactionId: id, dueAt: new Date() }]);
    await untilWaitingForLock(pool, { words: "for update" });
    await amending.query("commit");
    expect(await retried).toEqual([]);
  } finally {
    amending.release();
  }
});
