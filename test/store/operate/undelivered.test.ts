import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { explain } from "../../../src/commands/explain/explain.ts";
import { status } from "../../../src/commands/status/status.ts";
import { undelivered } from "../../../src/commands/undelivered.ts";
import type { InteractionId } from "../../../src/domain/ids.ts";
import { applyWaiting } from "../../../src/receipts/applier.ts";
import { planNextAttempts } from "../../../src/store/deliver/next-attempts.ts";
import {
  countUndelivered,
  listUndelivered,
  sweepUndelivered,
} from "../../../src/store/operate/undelivered.ts";
import { keepReceipts } from "../../../src/store/receipts/receipts.ts";
import { runOn } from "../../commands/run.ts";
import { useDatabase } from "../../database.ts";
import { depsOn } from "../../deps.ts";
import { insertLogged } from "../../interactions.ts";
import { insertLender, insertType } from "../../lender.ts";
import { callback, insertAccepted } from "../../receipts.ts";

const database = useDatabase();
const { pool, db } = database;
const deps = depsOn(database);

beforeAll(async () => {
  await insertLender(pool);
  await insertType(pool, { id: 1 });
  await pool.query(`
    insert into tidings.templates (id, version, channel, text_template, required_by_law) values (30, 1, 'text', 'Your rights', true);
    update tidings.templates set status = 'active' where id = 30`);
});
beforeEach(async () => {
  // what earlier tests have left open
  await pool.query(
    "update tidings.undelivered_notices set closed_at = now() where closed_at is null",
  );
});

let sids = 0;

/** Sends a notice, and applies what its provider says about it. */
async function send(said: readonly string[], templateId = 30): Promise<InteractionId> {
  sids += 1;
  const sid = `SM${String(sids).padStart(32, "0")}`;
  const id = await insertAccepted(pool, sid, { templateId, templateVersion: 1 });
  await report(sid, said);
  return id;
}

async function report(sid: string, said: readonly string[]): Promise<void> {
  await keepReceipts(
    db,
    said.map((one) => callback(sid, one)),
  );
  await pool.query("update tidings.receipt_queue set run_at = now()");
  await applyWaiting(deps);
}

const openIds = async (): Promise<InteractionId[]> =>
  (await listUndelivered(db, 10)).map(({ interactionId }) => interactionId);

describe("a notice that the law requires", () => {
  test("counts as not sent once it has bounced, in the list, the status and the explanation", async () => {
    const id = await send(["undelivered 30005"]);

    expect(await openIds()).toEqual([id]);
    expect(await countUndelivered(db)).toMatchObject({ notices: 1 });
    const listed = await runOn(database, undelivered);
    expect(listed.code).toBe(1);
    expect(listed.output).toContain(`${id}  text  borrower BO-1`);
    expect((await runOn(database, status)).output).toMatch(
      /NOT DELIVERED: 1 notice that the law requires[^]*NEEDS A PERSON: .*1 required notice not delivered/,
    );
    const { output } = await runOn(database, explain, id);
    expect(output.replaceAll(/\s+/g, " ")).toContain("it did not arrive, so it counts as not sent");
  });

  test("that bounces late counts from then on", async () => {
    const id = await send(["delivered"]);
    expect(await openIds()).toEqual([]);

    await report(`SM${String(sids).padStart(32, "0")}`, ["undelivered 30005"]);

    expect(await openIds()).toEqual((await statusOf(id)) === "failed" ? [id] : []);
  });

  test("is reported once, by one of several daemons", async () => {
    const id = await send(["undelivered 30005"]);

    const reports = await Promise.all([sweepUndelivered(db), sweepUndelivered(db)]);

    expect([...reports.flat(), ...(await sweepUndelivered(db))]).toEqual([
      { interactionId: id, channel: "text", statusDetails: "textUndelivered" },
    ]);
  });

  test("is replaced by its next attempt, which is listed in its place if it fails", async () => {
    const id = await send(["undelivered 30005"]);
    const [next = id] = await planNextAttempts(db, [{ interactionId: id, dueAt: new Date() }]);

    expect(await openIds()).toEqual([]);
    await sweepUndelivered(db);
    await pool.query(
      "update tidings.interactions set status = 'failed', failure_description_short = 'x', failure_description_long = 'y' where id = $1",
      [next],
    );
    expect(await openIds()).toEqual([next]);
  });

  test.each([
    ["a letter that was sent", { channel: "mail", status: "attempted" }, true],
    ["a letter that came back", { channel: "mail", status: "failed" }, false],
    ["a message of the borrower", { direction: "inbound" }, false],
  ])("%s, logged by another system: is it replaced? %s", async (_, fields, isReplaced) => {
    const id = await send(["undelivered 30005"]);

    await insertLogged(pool, { ...fields, previousInteractionId: id });

    expect(await openIds()).toEqual(isReplaced ? [] : [id]);
    await sweepUndelivered(db);
    const { rows } = await pool.query(
      "select closed_at is not null as closed from tidings.undelivered_notices where interaction_id = $1",
      [id],
    );
    expect(rows).toEqual([{ closed: isReplaced }]);
  });
});

async function statusOf(id: InteractionId): Promise<string | undefined> {
  const { rows } = await pool.query<{ status: string }>(
    "select status from tidings.interactions where id = $1",
    [id],
  );
  return rows[0]?.status;
}

test("a notice that the law does not require is not listed", async () => {
  await send(["undelivered 30005"], 2);

  expect(await openIds()).toEqual([]);
  expect(await runOn(database, undelivered)).toMatchObject({
    code: 0,
    output: "No notice that the law requires counts as not sent.",
  });
});
