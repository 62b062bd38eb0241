import { beforeAll, describe, expect, test } from "vitest";
import { settle } from "../../../src/commands/settle.ts";
import type { InteractionId } from "../../../src/domain/ids.ts";
import { planNextAttempts } from "../../../src/store/deliver/next-attempts.ts";
import { createDb } from "../../../src/store/postgres/db.ts";
import { recordFound } from "../../../src/store/settle/unknown-outcomes.ts";
import { runOn } from "../../commands/run.ts";
import { untilWaitingForLock, useDatabase } from "../../database.ts";
import { insertInteraction } from "../../interactions.ts";
import { insertLender, insertType } from "../../lender.ts";

const database = useDatabase();
const { pool } = database;
const db = createDb(pool);
const DUE = new Date("2031-03-05T15:00:00Z");

beforeAll(async () => {
  await insertLender(pool);
  await insertType(pool, { id: 1 });
});

const insertUnknown = (): Promise<InteractionId> =>
  insertInteraction(pool, { status: "attempted", statusDetails: "emailOutcomeUnknown" });

async function retry(id: InteractionId): Promise<InteractionId> {
  const [next] = await planNextAttempts(db, [{ interactionId: id, dueAt: DUE }]);
  if (next === undefined) throw new Error("no next attempt");
  return next;
}

const find = (id: InteractionId, status: "attempted" | "succeeded"): Promise<boolean> =>
  recordFound(db, id, { status, statusDetails: null, messageId: null, failure: null });

interface Standing {
  readonly status: string;
  readonly short: string | null;
  readonly long: string | null;
}

async function standingOf(id: InteractionId): Promise<Standing> {
  const { rows } = await pool.query<Standing>(
    "select status, failure_description_short as short, failure_description_long as long from tidings.interactions where id = $1",
    [id],
  );
  const [row] = rows;
  if (row === undefined) throw new Error(`there is no interaction ${id}`);
  return row;
}

/** The transitions of an interaction in their order. */
async function movesOf(id: InteractionId): Promise<string[]> {
  const { rows } = await pool.query<{ move: string }>(
    "select concat_ws(' ', from_status, to_status) as move from tidings.interaction_transitions where interaction_id = $1 order by id",
    [id],
  );
  return rows.map(({ move }) => move);
}

const claim = (id: InteractionId): Promise<unknown> =>
  pool.query(
    "update tidings.interactions set status = 'inProgress', claimed_at = now(), claimed_by = 'w-1' where id = $1",
    [id],
  );

const alreadySent = (id: InteractionId): Standing => ({
  status: "canceled",
  short: "Already sent",
  long: `Interaction ${id}, an earlier attempt, was found to have been sent.`,
});

describe("a notice that was found sent does not go out again", () => {
  test.each(["attempted", "succeeded"] as const)(
    "as %s, the attempts that are scheduled after it are canceled",
    async (status) => {
      const id = await insertUnknown();
      const next = await retry(id);
      await claim(next);
      await pool.query(
        "update tidings.interactions set status = 'attempted', status_details = 'emailOutcomeUnknown' where id = $1",
        [next],
      );
      const last = await retry(next);
      expect(await find(id, status)).toBe(true);
      expect(await standingOf(last)).toEqual(alreadySent(id));
      expect(await standingOf(next)).toMatchObject({ status: "attempted" });
    },
  );

  test("whatever statement records that it was sent, such as a late answer", async () => {
    const id = await insertUnknown();
    const next = await retry(id);
    await pool.query(
      "update tidings.interactions set status = 'attempted', status_details = 'emailSent' where id = $1",
      [id],
    );
    expect(await standingOf(next)).toEqual(alreadySent(id));
  });

  test("a retry that commits at the same moment is canceled too", async () => {
    const id = await insertUnknown();
    const planned = Promise.withResolvers<InteractionId>();
    const mayCommit = Promise.withResolvers<void>();
    const retried = db.transaction().execute(async (trx) => {
      const [next] = await planNextAttempts(trx, [{ interactionId: id, dueAt: DUE }]);
      if (next !== undefined) planned.resolve(next);
      await mayCommit.promise;
    });
    const next = await planned.promise;
    const found = find(id, "succeeded");
    await untilWaitingForLock(pool);
    mayCommit.resolve();
    await retried;
    expect(await found).toBe(true);
    expect(await standingOf(next)).toEqual(alreadySent(id));
  });

  test("an attempt in progress is not stopped, and no attempt follows it", async () => {
    const id = await insertUnknown();
    const next = await retry(id);
    await claim(next);
    expect(await find(id, "succeeded")).toBe(true);
    expect(await standingOf(next)).toMatchObject({ status: "inProgress" });
    await pool.query(
      "update tidings.interactions set status = 'failed', failure_description_short = 'x', failure_description_long = 'x' where id = $1",
      [next],
    );
    expect(await planNextAttempts(db, [{ interactionId: next, dueAt: DUE }])).toEqual([]);
  });

  test("a third attempt that is planned at the same moment is canceled too", async () => {
    const id = await insertUnknown();
    const next = await retry(id);
    await claim(next);
    const locked = await pool.connect();
    await locked.query("begin");
    await locked.query(
      "update tidings.interactions set status = 'succeeded', status_details = 'emailDelivered' where id = $1",
      [id],
    );
    await pool.query(
      "update tidings.interactions set status = 'failed', failure_description_short = 'x', failure_description_long = 'x' where id = $1",
      [next],
    );
    const planned = planNextAttempts(db, [{ interactionId: next, dueAt: DUE }]);
    await Promise.race([planned, untilWaitingForLock(pool)]);
    await locked.query("commit");
    locked.release();
    for (const last of await planned) expect(await standingOf(last)).toEqual(alreadySent(id));
  });

  test("an attempt that comes back waits for a transaction that records an earlier one as sent", async () => {
    const id = await insertUnknown();
    const next = await retry(id);
    await claim(next);
    const recording = await pool.connect();
    await recording.query("begin");
    await recording.query(
      "update tidings.interactions set status = 'succeeded', status_details = 'emailDelivered' where id = $1",
      [id],
    );
    const returned = pool.query(
      "update tidings.interactions set status = 'scheduled' where id = $1",
      [next],
    );
    await Promise.race([returned, untilWaitingForLock(pool)]);
    await recording.query("commit");
    recording.release();
    await returned;
    expect(await standingOf(next)).toEqual(alreadySent(id));
  });

  test("an attempt in progress that is scheduled again, because the provider did not take it, is canceled", async () => {
    const id = await insertUnknown();
    const next = await retry(id);
    await claim(next);
    await find(id, "succeeded");
    await pool.query("update tidings.interactions set status = 'scheduled' where id = $1", [next]);
    expect(await standingOf(next)).toEqual(alreadySent(id));
    expect(await movesOf(next)).toEqual([
      "scheduled",
      "scheduled inProgress",
      "inProgress scheduled",
      "scheduled canceled",
    ]);
  });

  test("a third attempt that is planned after the first was sent is scheduled and canceled, in this order", async () => {
    const id = await insertUnknown();
    const next = await retry(id);
    await claim(next);
    await find(id, "succeeded");
    const last = await insertInteraction(pool, {
      firstInteractionId: id,
      previousInteractionId: next,
      attempt: 3,
    });
    expect(await standingOf(last)).toEqual(alreadySent(id));
    expect(await movesOf(last)).toEqual(["scheduled", "scheduled canceled"]);
  });

  test("an attempt that follows one that has failed stays scheduled", async () => {
    const id = await insertUnknown();
    const next = await retry(id);
    await pool.query(
      "update tidings.interactions set status = 'failed', failure_description_short = 'x', failure_description_long = 'x' where id = $1",
      [id],
    );
    expect(await standingOf(next)).toMatchObject({ status: "scheduled" });
  });

  test("a statement that changes the status and leaves the details cancels the next attempt too", async () => {
    const id = await insertUnknown();
    const next = await retry(id);
    await pool.query("update tidings.interactions set status = 'succeeded' where id = $1", [id]);
    expect(await standingOf(next)).toEqual(alreadySent(id));
  });

  test("an outcome that stays unknown cancels nothing", async () => {
    const first = await insertInteraction(pool, {
      status: "attempted",
      statusDetails: "emailSent",
    });
    const next = await insertInteraction(pool, {
      firstInteractionId: first,
      previousInteractionId: first,
      attempt: 2,
    });
    const last = await insertInteraction(pool, {
      firstInteractionId: first,
      previousInteractionId: next,
      attempt: 3,
      status: "attempted",
      statusDetails: "emailOutcomeUnknown",
    });
    await pool.query(
      "update tidings.interactions set status_details = 'textOutcomeUnknown' where id = $1",
      [last],
    );
    expect(await standingOf(next)).toMatchObject({ status: "scheduled" });
  });

  test("an operator settles an outcome as delivered whose next attempt is scheduled", async () => {
    const id = await insertUnknown();
    const next = await retry(id);
    expect(await runOn(database, settle, id, "--as", "neverSent")).toMatchObject({ code: 4 });
    expect(await runOn(database, settle, id, "--as", "delivered")).toMatchObject({ code: 0 });
    expect(await standingOf(next)).toEqual(alreadySent(id));
    const { rows } = await pool.query(
      "select moved_by, evidence from tidings.interaction_transitions where interaction_id = $1 order by id desc limit 1",
      [next],
    );
    expect(rows).toEqual([
      { moved_by: "operator:kim", evidence: { code: "alreadySent", interactionId: id } },
    ]);
  });
});
