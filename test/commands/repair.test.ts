import { beforeEach, describe, expect, test } from "vitest";
import { audit } from "../../src/commands/audit/audit.ts";
import { repair } from "../../src/commands/audit/repair.ts";
import type { AuditReport } from "../../src/commands/audit/page.ts";
import type { EmittedEvent } from "../../src/domain/events.ts";
import { createIntakeSweep } from "../../src/intake-sweep.ts";
import { carryOutRepairs } from "../../src/record/repair.ts";
import { rewriteRecord, useDatabase } from "../database.ts";
import { depsOn } from "../deps.ts";
import { insertInteraction } from "../interactions.ts";
import { insertChanges, insertLender, insertType } from "../lender.ts";
import { runDueJobs } from "../queue.ts";
import { runOn } from "./run.ts";

const database = useDatabase();
const { pool } = database;

const emitted: EmittedEvent[] = [];
const daemon = depsOn(database, {
  withinMs: { email: 3_600_000 },
  emit: (event, fields) => void emitted.push({ event, fields } as unknown as EmittedEvent),
});
let cases = 0;
let caseId = "";

/** Resolves a case that started and then ended; each change causes one notice that is due in a year. */
beforeEach(async () => {
  if (cases === 0) {
    await insertLender(pool);
    await insertType(pool, { id: 1, delay: 365, unit: "calendarDays" });
    await insertType(pool, { id: 2, onStatus: "completed", delay: 365, unit: "calendarDays" });
  }
  cases += 1;
  caseId = `CS-${cases}`;
  const at = new Date().toISOString();
  await insertChanges(pool, [{ caseId, status: "initiated", at }]);
  await insertChanges(pool, [{ caseId, status: "completed", at }]);
  await runDueJobs(database, daemon);
  emitted.length = 0;
});

const gapsOf = async (): Promise<string[]> => {
  const { output } = await runOn(database, audit, "--json", "--case", caseId);
  return (JSON.parse(output) as AuditReport).listed.map(({ kind }) => kind);
};

const ordering = (...words: readonly string[]) =>
  runOn(database, repair, "--case", caseId, "--by", "kim", ...words);
const order = () => ordering("--yes", "--reason", "restored from a backup");

/** A daemon carries out what is ordered, takes in what it noted and resolves it. */
async function carryOut(): Promise<void> {
  await carryOutRepairs(daemon);
  await createIntakeSweep(daemon)();
  await runDueJobs(database, daemon);
}

const interactions = async (): Promise<Record<string, unknown>[]> =>
  (
    await pool.query<Record<string, unknown>>(
      `select i.id, i.notification_type_id as type, i.notification_type_version as version, i.status, i.created_by->>'id' as by, t.evidence->>'reason' as reason
       from tidings.interactions i join tidings.interaction_transitions t on t.interaction_id = i.id and t.from_status is null
       where i.case_id = $1 order by i.notification_type_id`,
      [caseId],
    )
  ).rows;

const ordered = async (): Promise<unknown> =>
  (await pool.query<{ count: string }>("select count(*) from tidings.repairs")).rows[0]?.count;

const ofCase = (table: string): string =>
  `${table} x using tidings.case_changes c where c.id = x.case_change_id and c.case_id = '${caseId}'`;

const deleteNotice = (): Promise<void> =>
  rewriteRecord(
    pool,
    `delete from ${ofCase("tidings.interactions")} and x.notification_type_id = 2`,
  );

type Scene = readonly [kind: string, lose: () => Promise<unknown>];
const SCENES: readonly Scene[] = [
  ["noticeMissing", deleteNotice],
  [
    "jobMissing",
    async () => {
      const { rows } = await pool.query<{ first: string; last: string }>(
        "select min(id) as first, max(id) as last from tidings.interactions where case_id = $1",
        [caseId],
      );
      // both are in one job
      await pool.query(
        "delete from tidings_queue._private_jobs where payload->'interactionIds'->>0 = $1",
        [rows[0]?.first],
      );
      await pool.query("select tidings.queue_deliveries(array[$1::bigint])", [rows[0]?.last]);
    },
  ],
  [
    "changeNotResolved",
    () =>
      rewriteRecord(
        pool,
        `delete from ${ofCase("tidings.resolutions")} and c.status = 'completed'; delete from ${ofCase("tidings.interactions")} and c.status = 'completed'`,
      ),
  ],
  [
    "changeNotTakenIn",
    async () => {
      // a tool that replicates rows fires no trigger, and the note that a replica's trigger makes is lost
      await rewriteRecord(
        pool,
        `insert into tidings.case_changes (case_id, case_type_id, borrower_id, status, changed_at) values ('${caseId}', 'bankruptcy', 'BO-1', 'reopened', now())`,
      );
      await pool.query("delete from tidings.missed_changes");
    },
  ],
];

describe.each(SCENES)("%s", (kind, lose) => {
  test("is shown, and not ordered without --yes", async () => {
    await lose();
    const before = await ordered();
    expect(await gapsOf()).toEqual([kind]);
    const shown = await ordering();
    expect(shown.code).toBe(4);
    expect(shown.output).toMatch(new RegExp(`${kind} +1 +can be repaired`));
    expect(await ordered()).toBe(before);
  });

  test("is ordered once, however often the command runs", async () => {
    await lose();
    expect((await order()).output).toContain("Ordered 1 repair.");
    expect((await order()).output).toContain(
      "Ordered 0 repairs. 1 repair had been ordered before.",
    );
    await carryOut();
    expect(await gapsOf()).toEqual([]);
    const before = await interactions();
    expect((await order()).output).toBe("Nothing is missing.");
    await carryOut();
    expect(await interactions()).toEqual(before);
    expect(emitted.map(({ event }) => event)).toContain("repairs.made");
  });
});

test("a missing notice is a new entry with the operator's name and reason, of the version that fired", async () => {
  const [, lost] = await interactions();
  await deleteNotice();
  await order();
  await carryOut();
  const [kept, planned] = await interactions();
  expect(kept).toMatchObject({ by: "tidings", reason: null });
  expect(planned).toMatchObject({
    type: 2,
    version: 1,
    status: "scheduled",
    by: "operator:kim",
    reason: "restored from a backup",
  });
  expect(planned?.["id"]).not.toBe(lost?.["id"]);
});

test("two daemons carry out a repair once", async () => {
  await deleteNotice();
  await order();
  await Promise.all([carryOutRepairs(daemon), carryOutRepairs(daemon), carryOutRepairs(daemon)]);
  expect(await interactions()).toHaveLength(2);
  const { rows } = await pool.query(
    "select result from tidings.repairs where case_change_id in (select id from tidings.case_changes where case_id = $1)",
    [caseId],
  );
  expect(rows).toEqual([{ result: "queued" }]);
});

test("a notice that is back before its repair is not planned twice", async () => {
  await deleteNotice();
  await order();
  const { rows } = await pool.query<{ id: string }>(
    "select id from tidings.case_changes where case_id = $1 and status = 'completed'",
    [caseId],
  );
  await insertInteraction(pool, {
    caseId,
    caseChangeId: rows[0]?.id,
    notificationTypeId: 2,
    status: "canceled",
  });
  await carryOut();
  expect(await interactions()).toHaveLength(2);
  expect(emitted).toContainEqual(
    expect.objectContaining({ fields: expect.objectContaining({ notNeeded: 1, queued: 0 }) }),
  );
});

test("an order that no audit made plans no notice that the change did not cause", async () => {
  await pool.query(
    `insert into tidings.repairs (kind, case_change_id, notification_type_id, notification_type_version, reason)
     select 'noticeMissing', id, 2, 1, 'forged' from tidings.case_changes where case_id = $1 and status = 'initiated'`,
    [caseId],
  );
  await carryOut();
  expect(await interactions()).toHaveLength(2);
  const { rows } = await pool.query(
    "select result from tidings.repairs where case_change_id in (select id from tidings.case_changes where case_id = $1)",
    [caseId],
  );
  expect(rows).toEqual([{ result: "notPossible" }]);
});

test("an order for a version that was not active when the change was resolved plans nothing", async () => {
  await deleteNotice();
  // it would fire, and was published and linked later
  await insertType(pool, { id: 3, onStatus: "completed", caseTypes: ["bankruptcy"] });
  await pool.query(
    `insert into tidings.repairs (kind, case_change_id, notification_type_id, notification_type_version, reason)
     select 'noticeMissing', id, 3, 1, 'forged' from tidings.case_changes where case_id = $1 and status = 'completed'`,
    [caseId],
  );
  await rewriteRecord(
    pool,
    `update tidings.resolutions r set resolved_at = r.resolved_at - interval '1 day' from tidings.case_changes c where c.id = r.case_change_id and c.case_id = '${caseId}'`,
  );
  await carryOut();
  expect(await interactions()).toHaveLength(1);
  expect(emitted).toContainEqual(
    expect.objectContaining({ fields: expect.objectContaining({ notPossible: 1, queued: 0 }) }),
  );
  await pool.query(
    "delete from tidings.case_type_notification_types where notification_type_id = 3",
  );
});

test("a gap that no repair can close is left to a person, with exit code 1", async () => {
  const { rows } = await pool.query<{ id: string }>(
    "select id from tidings.case_changes where case_id = $1 and status = 'initiated'",
    [caseId],
  );
  await insertInteraction(pool, {
    caseId,
    caseChangeId: rows[0]?.id,
    notificationTypeId: 9,
    status: "canceled",
  });
  const { code, output } = await order();
  expect(code).toBe(1);
  expect(output).toMatch(/noticeExtra +1 +a person must look at it/);
});

test("an order needs a reason", async () => {
  await expect(ordering("--yes")).rejects.toThrow("--reason is missing");
});

test("an order names its author, and gets its result once", async () => {
  await deleteNotice();
  await order();
  const refusing = (set: string): Promise<unknown> =>
    pool.query(`update tidings.repairs set ${set}`).then(
      () => "changed",
      (error: unknown) => (error as { constraint: string }).constraint,
    );
  expect(await refusing("ordered_by = 'operator:lee'")).toBe("repairs_are_carried_out_once");
  await carryOut();
  expect(await refusing("result = 'notNeeded'")).toBe("repairs_are_carried_out_once");
});
