import { beforeAll, expect, test } from "vitest";
import type { Flaw } from "../../src/record/flaws.ts";
import { verifyRecord } from "../../src/record/verify-record.ts";
import { resolveWaiting } from "../../src/resolver.ts";
import { rewriteRecord, useDatabase } from "../database.ts";
import { depsOn } from "../deps.ts";
import { insertChanges, insertLender, insertType } from "../lender.ts";
import { growTree } from "../tree.ts";

const database = useDatabase();
const { pool, db } = database;

beforeAll(async () => {
  await insertLender(pool);
  await insertType(pool, { id: 1 });
});

let cases = 0;

/** A notice that is planned and waits. */
async function plannedNotice(): Promise<string> {
  cases += 1;
  const [change] = await insertChanges(pool, [{ caseId: `DUE-${cases}`, status: "initiated" }]);
  await resolveWaiting(depsOn(database));
  const { rows } = await pool.query<{ id: string }>(
    "select id from tidings.interactions where case_change_id = $1",
    [change],
  );
  return rows[0]?.id ?? "none";
}

/** The notices that are not as the record says. */
async function altered(): Promise<string[]> {
  await growTree(database);
  const found: Flaw[] = [];
  await verifyRecord(
    db,
    { from: 0, logged: [], publicKey: undefined },
    { onFlaw: (flaw) => void found.push(flaw), onProgress: () => {} },
  );
  return found.map(({ kind, long }) => `${kind}: ${long}`);
}

const change = (id: string, set: string): string =>
  `update tidings.interactions set ${set} where id = ${id}`;

test("a notice that was put off without a record is found, and one with a record is not", async () => {
  const notice = await plannedNotice();
  expect(await altered()).toEqual([]);
  await pool.query(change(notice, "scheduled_at_from = scheduled_at_from + interval '2 days'"));
  expect(await altered()).toEqual([]);
  await rewriteRecord(
    pool,
    change(notice, "scheduled_at_from = scheduled_at_from + interval '9 years'"),
  );
  expect(await altered()).toEqual([
    expect.stringMatching(new RegExp(`^rowAltered: .*\\b${notice}\\b`)),
  ]);
  await rewriteRecord(
    pool,
    change(notice, "scheduled_at_from = scheduled_at_from - interval '9 years'"),
  );
  expect(await altered()).toEqual([]);
});

test("a planned time that is no time does not end the verification", async () => {
  const notice = await plannedNotice();
  const [explained] = (
    await pool.query<{ explanation: unknown }>(
      "select due_explanation as explanation from tidings.interactions where id = $1",
      [notice],
    )
  ).rows;
  await rewriteRecord(pool, change(notice, `due_explanation = '{"dueAt": "soon"}'`));
  expect(await altered()).toEqual([
    expect.stringMatching(new RegExp(`^rowAltered: .*\\b${notice}\\b`)),
  ]);
  const before = JSON.stringify(explained?.explanation).replaceAll("'", "''");
  await rewriteRecord(pool, change(notice, `due_explanation = '${before}'`));
  expect(await altered()).toEqual([]);
});

test("a notice that waits by a rule of the record may be put off by a day, and by no rule without a record", async () => {
  const notice = await plannedNotice();
  await pool.query(
    change(
      notice,
      "compliance_guard_rule_id = 'pause.open', scheduled_at_from = now() + interval '3 hours'",
    ),
  );
  await rewriteRecord(pool, change(notice, "scheduled_at_from = now() + interval '20 hours'"));
  expect(await altered()).toEqual([]);
  await rewriteRecord(pool, change(notice, "scheduled_at_from = now() + interval '9 years'"));
  expect(await altered()).toEqual([
    expect.stringMatching(new RegExp(`^rowAltered: .*\\b${notice}\\b`)),
  ]);
  await rewriteRecord(
    pool,
    change(
      notice,
      "compliance_guard_rule_id = 'limit', scheduled_at_from = now() + interval '1 hour'",
    ),
  );
  expect(await altered()).toEqual([
    expect.stringMatching(new RegExp(`^rowAltered: .*\\b${notice}\\b`)),
  ]);
});
