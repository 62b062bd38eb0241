import { beforeEach, describe, expect, test } from "vitest";
import { audit } from "../../src/commands/audit/audit.ts";
import type { Gap } from "../../src/domain/audit/audit.ts";
import { rewriteRecord, useDatabase } from "../database.ts";
import { depsOn } from "../deps.ts";
import { insertInteraction } from "../interactions.ts";
import { insertChanges, insertLender, insertType } from "../lender.ts";
import { runDueJobs } from "../queue.ts";
import { runOn } from "./run.ts";

const database = useDatabase();
const { pool } = database;

interface Document {
  readonly changes: number;
  readonly expected: number;
  readonly waiting: number;
  readonly gaps: number;
  readonly listed: readonly Gap[];
}

async function auditing(...words: readonly string[]): Promise<Document & { code: number }> {
  const { code, output } = await runOn(database, audit, "--json", ...words);
  return { code, ...(JSON.parse(output) as Document) };
}
const kindsOf = async (caseId: string): Promise<string[]> =>
  (await auditing("--case", caseId)).listed.map(({ kind }) => kind);

const ON_START = 1;
const ON_END = 2;
let cases = 0;
let caseId = "";

/** Resolves a case that started and then ended; each change causes one notice that is due in a year. */
beforeEach(async () => {
  if (cases === 0) {
    await insertLender(pool);
    await insertType(pool, { id: ON_START, delay: 365, unit: "calendarDays" });
    await insertType(pool, {
      id: ON_END,
      onStatus: "completed",
      delay: 365,
      unit: "calendarDays",
    });
  }
  cases += 1;
  caseId = `CS-${cases}`;
  const at = new Date().toISOString();
  await insertChanges(pool, [{ caseId, status: "initiated", at }]);
  await insertChanges(pool, [{ caseId, status: "completed", at }]);
  await runDueJobs(database, depsOn(database));
});

const ofCase = (table: string): string =>
  `${table} x using tidings.case_changes c where c.id = x.case_change_id and c.case_id = '${caseId}'`;

describe("a record without gaps", () => {
  test("has no gap, and the command exits with 0", async () => {
    expect(await auditing("--case", caseId)).toMatchObject({
      code: 0,
      changes: 2,
      expected: 2,
      waiting: 0,
      gaps: 0,
    });
  });

  test("has changes that arrived late, in one insert and in another order, and boarded cases", async () => {
    const late = "CS-LATE";
    const at = (day: number): string => `2026-01-${String(day).padStart(2, "0")}T12:00:00Z`;
    await insertChanges(pool, [
      { caseId: late, status: "completed", at: at(9) },
      { caseId: late, status: "initiated", at: at(5) },
    ]);
    await insertChanges(pool, [{ caseId: late, status: "initiated", at: at(7) }]);
    await insertChanges(pool, [{ caseId: late, status: "processing", at: at(6) }]);
    await insertChanges(pool, [
      { caseId: "CS-BOARDED", status: "initiated", fires: false, at: at(1) },
    ]);
    await runDueJobs(database, depsOn(database));
    expect(await kindsOf(late)).toEqual([]);
    expect(await kindsOf("CS-BOARDED")).toEqual([]);
  });

  test("has types that were linked, activated and removed in between", async () => {
    await insertType(pool, { id: 7, delay: 365, unit: "calendarDays" });
    await insertChanges(pool, [{ caseId: "CS-SEVEN", status: "initiated" }]);
    await runDueJobs(database, depsOn(database));
    await pool.query(
      "delete from tidings.case_type_notification_types where notification_type_id = 7",
    );
    expect(await kindsOf("CS-SEVEN")).toEqual([]);
    expect(await kindsOf(caseId)).toEqual([]);
  });

  test("counts a change that waits to be resolved", async () => {
    await insertChanges(pool, [{ caseId: "CS-WAITS", status: "initiated" }]);
    expect(await auditing("--case", "CS-WAITS")).toMatchObject({ waiting: 1, gaps: 0 });
  });
});

test("the whole life of a case is audited, also changes that are older than seven days", async () => {
  await rewriteRecord(
    pool,
    `update tidings.case_changes set received_at = received_at - interval '400 days' where case_id = '${caseId}'`,
  );
  expect(await auditing("--case", caseId)).toMatchObject({ code: 0, from: null, changes: 2 });
  const { output } = await runOn(database, audit, "--case", caseId);
  expect(output).toContain("2 changes arrived until");
  expect(await auditing("--case", caseId, "--from", "7d")).toMatchObject({ changes: 0 });
});

describe("a record with gaps", () => {
  test("a deleted interaction", async () => {
    await rewriteRecord(
      pool,
      `delete from ${ofCase("tidings.interactions")} and x.notification_type_id = ${ON_END}`,
    );
    const { code, listed } = await auditing("--case", caseId);
    expect(code).toBe(1);
    expect(listed).toEqual([
      expect.objectContaining({ kind: "noticeMissing", notificationTypeId: ON_END }),
    ]);
  });

  test("a deleted attempt between two others", async () => {
    const { rows } = await pool.query<{ id: string; change: string }>(
      `select id, case_change_id as change from tidings.interactions where case_id = '${caseId}' and notification_type_id = ${ON_START}`,
    );
    const place = {
      caseId,
      caseChangeId: rows[0]?.change,
      notificationTypeId: ON_START,
      firstInteractionId: rows[0]?.id,
    };
    const second = await insertInteraction(pool, {
      ...place,
      attempt: 2,
      previousInteractionId: rows[0]?.id,
      status: "failed",
    });
    await insertInteraction(pool, {
      ...place,
      attempt: 3,
      previousInteractionId: second,
      status: "canceled",
    });
    expect(await kindsOf(caseId)).toEqual([]);
    await rewriteRecord(pool, `delete from tidings.interactions where id = ${second}`);
    expect(await kindsOf(caseId)).toEqual(["attemptMissing"]);
  });

  test("a deleted job: exactly its interactions", async () => {
    const { rows } = await pool.query<{ ids: string[] }>(
      `delete from tidings_queue._private_jobs where payload->'interactionIds'->>0 = (
         select min(id)::text from tidings.interactions where case_id = '${caseId}'
       ) returning payload->'interactionIds' as ids`,
    );
    expect(rows).toHaveLength(1);
    const { listed } = await auditing();
    const lost = listed.filter(({ kind }) => kind === "jobMissing");
    expect(lost.map(({ interactionId }) => interactionId)).toEqual(rows[0]?.ids);
  });

  test("a change that fired no trigger", async () => {
    await rewriteRecord(
      pool,
      `insert into tidings.case_changes (case_id, case_type_id, borrower_id, status)
       values ('${caseId}-R', 'bankruptcy', 'BO-1', 'initiated')`,
    );
    await pool.query("delete from tidings.missed_changes");
    expect(await kindsOf(`${caseId}-R`)).toEqual(["changeNotTakenIn"]);
  });

  test("a replicated change that a rule refuses, with the rule", async () => {
    await rewriteRecord(
      pool,
      `insert into tidings.case_changes (case_id, case_type_id, borrower_id, status)
       values ('${caseId}-R', 'unheardOf', 'BO-1', 'initiated')`,
    );
    expect(await auditing("--case", `${caseId}-R`)).toMatchObject({ waiting: 1, gaps: 0 });
    await pool.query("select tidings.take_in_missed_changes(10)");
    const { listed } = await auditing("--case", `${caseId}-R`);
    expect(listed).toEqual([
      expect.objectContaining({
        kind: "changeNotTakenIn",
        long: "case_changes_case_type_is_known refuses the change.",
      }),
    ]);
  });

  test("a resolution that was deleted with its notice", async () => {
    await rewriteRecord(pool, `delete from ${ofCase("tidings.resolutions")}`);
    expect(await kindsOf(caseId)).toEqual(["changeNotResolved", "changeNotResolved"]);
  });

  test("a resolution that was changed so that a deleted notice is not missed", async () => {
    await rewriteRecord(
      pool,
      `delete from ${ofCase("tidings.interactions")} and x.notification_type_id = ${ON_START}`,
    );
    await rewriteRecord(
      pool,
      `update tidings.resolutions r set verdicts = '{"triggerDoesNotHold": ["1.1"], "fires": ["2.1"]}'
       from tidings.case_changes c where c.id = r.case_change_id and c.case_id = '${caseId}'`,
    );
    expect(await kindsOf(caseId)).toEqual([
      "resolutionDiffers",
      "resolutionDiffers",
      "noticeMissing",
    ]);
  });

  test("a state before the change that no earlier change had", async () => {
    await rewriteRecord(
      pool,
      `update tidings.case_moves set status_before = 'processing' where case_id = '${caseId}' and status_before is not null`,
    );
    expect(await kindsOf(caseId)).toEqual(["stateBeforeDiffers"]);
  });

  test("a notice that no rule asked for", async () => {
    const { rows } = await pool.query<{ id: string }>(
      `select id from tidings.case_changes where case_id = '${caseId}' and status = 'initiated'`,
    );
    await insertInteraction(pool, {
      caseId,
      caseChangeId: rows[0]?.id,
      notificationTypeId: 9,
      status: "canceled",
    });
    const { listed } = await auditing("--case", caseId);
    expect(listed).toEqual([
      expect.objectContaining({ kind: "noticeExtra", notificationTypeId: 9 }),
    ]);
  });

  test("the page names each of them and what to read", async () => {
    await rewriteRecord(
      pool,
      `delete from ${ofCase("tidings.interactions")} and x.notification_type_id = ${ON_END}`,
    );
    const { output } = await runOn(database, audit, "--case", caseId);
    expect(output).toMatch(/noticeMissing +\d+ +CS-\d+ +2 +- +Notification type 2 fired/);
  });
});

test("a period without changes has no gap", async () => {
  expect(await auditing("--from", "2001-01-01", "--until", "2001-01-02")).toMatchObject({
    code: 0,
    changes: 0,
  });
});

test("what is older than its class and kept is counted with the gaps", async () => {
  await pool.query(
    "insert into tidings.retention_classes (record_class, years, reason) values ('content', 7, 'Policy 12')",
  );
  const { output } = await runOn(database, audit);
  expect(output.replaceAll(/\s+/g, " ")).toMatch(
    /Retention content: kept for 7 years\. Set by .* "Policy 12"\. Older and kept: \d+ interactions?\./,
  );
  // this reads the whole record, and an audit of one case must not
  expect((await runOn(database, audit, "--case", caseId)).output).not.toContain("Retention");
});
