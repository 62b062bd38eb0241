import { afterAll, beforeAll, expect, test } from "vitest";
import { createChannel } from "../../src/channels.ts";
import { explain } from "../../src/commands/explain/explain.ts";
import { readConfig } from "../../src/config.ts";
import { claim } from "../../src/delivery/claim.ts";
import { judgeDue } from "../../src/delivery/judge-due.ts";
import type { DeliveryChannel, Deps } from "../../src/deps.ts";
import type { InteractionId } from "../../src/domain/ids.ts";
import { isSealed } from "../../src/domain/sealed-content.ts";
import { openSmtp } from "../../src/providers/smtp/smtp.ts";
import { createSeal } from "../../src/seal.ts";
import { rescheduleUnsentClaims } from "../../src/store/settle/recovery.ts";
import { runOn } from "../commands/run.ts";
import { rewriteRecord, useDatabase } from "../database.ts";
import { depsOn } from "../deps.ts";
import { insertChanges, insertLender, insertType } from "../lender.ts";
import { runDueJobs } from "../queue.ts";

const database = useDatabase();
const { pool, db } = database;
const [oldKey, newKey] = [1, 2].map((byte) => Buffer.alloc(32, byte).toString("base64"));
const sealedWith = (...keys: readonly (string | undefined)[]): Deps =>
  depsOn(database, { seal: createSeal(keys.filter((key) => key !== undefined)) });

const provider = openSmtp({ url: "smtp://127.0.0.1:9", slots: 1, deadlineMs: 1_000 });
const channel: DeliveryChannel = createChannel(provider, readConfig({}).channels.email);
afterAll(() => provider.close());

beforeAll(async () => {
  await insertLender(pool);
  await insertType(pool, { id: 1 });
});

async function plan(caseId: string): Promise<InteractionId> {
  await insertChanges(pool, [{ caseId, status: "initiated" }]);
  await runDueJobs(database, depsOn(database));
  const { rows } = await pool.query<{ id: InteractionId }>(
    "select id from tidings.interactions where case_id = $1",
    [caseId],
  );
  const [row] = rows;
  if (row === undefined) throw new Error(`Nothing was planned for ${caseId}`);
  return row.id;
}

/** Claims it as a job does, and schedules it again, because it was never sent. */
async function claimInVain(deps: Deps, id: InteractionId): Promise<void> {
  const { ready } = await judgeDue(deps, channel, [id]);
  await claim(deps, channel, ready);
  deps.inFlight.release([id]);
  const [returned] = await rescheduleUnsentClaims(db, deps.workerId, [], new Date("2100-01-01"));
  expect(returned).toBe(id);
}

interface Earlier {
  readonly columns: readonly string[];
  readonly content: object | null;
  readonly name: string | null;
}

/** The rows of history of an interaction, with what they keep. */
async function historyOf(id: InteractionId): Promise<Earlier[]> {
  const { rows } = await pool.query<Earlier>(
    `select (select array_agg(k order by k) from jsonb_object_keys(h.changes) k) as columns, h.changes#>'{content,from}' as content,
       h.changes#>>'{borrower,from,name,firstName}' as name
     from tidings.record_changes h where h.table_name = 'interactions' and h.row_id = $1 order by h.id`,
    [id],
  );
  return rows;
}

const rename = (firstName: string): Promise<unknown> =>
  pool.query(`update tidings.borrowers set name = $1 where id = 'BO-1'`, [{ firstName }]);

test("a notice that was claimed, never left and is claimed again unchanged has no history", async () => {
  const deps = depsOn(database);
  const id = await plan("SAME");
  await claimInVain(deps, id);
  await claimInVain(deps, id);
  expect(await historyOf(id)).toEqual([]);
});

test("when it says something else, or goes elsewhere, the earlier values are kept", async () => {
  const deps = depsOn(database);
  const id = await plan("OTHER");
  await claimInVain(deps, id);
  await rename("Alex");
  await claimInVain(deps, id);
  const history = await historyOf(id);
  expect(history).toMatchObject([{ name: "Pat", content: { bodyText: "Dear Pat" } }]);
  expect(history[0]?.columns).toEqual(expect.arrayContaining(["borrower", "claims", "content"]));
  const { output } = await runOn(database, explain, id);
  expect(output.replaceAll(/\s+/g, " ")).toContain(
    "It was claimed again with other values than before (borrower, content). The earlier ones are kept.",
  );
  expect(output).not.toMatch(/Pat|Alex/);
});

test("sealed content that stays the same is no change, and earlier content stays sealed", async () => {
  await rename("Pat");
  const id = await plan("SEALED");
  await rewriteRecord(pool, "update tidings.interactions set sensitive = true where id = $1", [id]);
  await claimInVain(sealedWith(oldKey), id);
  await claimInVain(sealedWith(oldKey), id);
  expect(await historyOf(id)).toEqual([]);
  await rename("Alex");
  await claimInVain(sealedWith(newKey, oldKey), id);
  const [earlier] = await historyOf(id);
  const content = earlier?.content ?? null;
  if (!isSealed(content)) throw new Error("The earlier content is not sealed");
  expect(
    createSeal([oldKey ?? ""])?.unseal(content, { interactionId: id, channel: "email" }),
  ).toMatchObject({
    bodyText: "Dear Pat",
  });
});

test("a claim records the contacts that were passed over, and explain names them", async () => {
  await pool.query(
    `insert into tidings.contacts (id, borrower_id, contact_type, label, affiliation, value) values
       ('A-PARENT', 'BO-1', 'email', 'personal', 'parent', 'parent@example.com')`,
  );
  const deps = depsOn(database);
  const id = await plan("CS-PASSED");

  await claimInVain(deps, id);

  const { rows } = await pool.query(
    `select passed_over as "passedOver" from tidings.interactions where id = $1`,
    [id],
  );
  expect(rows).toEqual([{ passedOver: [{ contactId: "A-PARENT", why: "notOwn" }] }]);
  expect((await runOn(database, explain, id)).output).toContain(
    "Contact A-PARENT was passed over, because it is not the borrower's own",
  );
});
