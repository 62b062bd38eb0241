import { beforeAll, beforeEach, expect, test } from "vitest";
import { audit } from "../../src/commands/audit/audit.ts";
import { explain } from "../../src/commands/explain/explain.ts";
import { cancel } from "../../src/commands/cancel.ts";
import { held, refuse, release } from "../../src/commands/held.ts";
import { status } from "../../src/commands/status/status.ts";
import { takeNearDeadlines } from "../../src/store/guard/holds.ts";
import { useDatabase } from "../database.ts";
import { useInstallation } from "../installation.ts";
import { applyHours, insertChanges, insertType } from "../lender.ts";
import { runDueJobs } from "../queue.ts";
import { runOn } from "./run.ts";

const database = useDatabase();
const { pool, db } = database;
const installation = useInstallation(database);
const { deps } = installation;
const NIGHT = "2031-03-03T08:00:00Z";

beforeAll(async () => {
  await insertType(pool, { id: 1, channel: "text" });
  await applyHours(pool);
  await pool.query(
    `insert into tidings.guard_policy_changes (change, rule_id, outcome, reason)
     values ('stricter', 'time.window', 'hold', 'a person decides at night')`,
  );
});

let cases = 0;
let caseId = "";
let id = "";
/** A text at night, which the policy leaves to a person. */
beforeEach(async () => {
  cases += 1;
  caseId = `CS-${cases}`;
  await installation.at(NIGHT);
  await insertChanges(pool, [{ caseId, status: "initiated", at: NIGHT }]);
  await runDueJobs(database, deps);
  const { rows } = await pool.query<{ id: string }>(
    "select id from tidings.interactions where case_id = $1",
    [caseId],
  );
  id = rows[0]?.id ?? "";
});

interface Row {
  readonly status: string;
  readonly rule: string | null;
  readonly due: Date | null;
  readonly long: string | null;
}

async function look(): Promise<Row | undefined> {
  const { rows } = await pool.query<Row>(
    `select status, compliance_guard_rule_id as rule, scheduled_at_from as due, failure_description_long as long
     from tidings.interactions where case_id = $1 order by id desc limit 1`,
    [caseId],
  );
  return rows[0];
}

test("held lists the reason and the age, and status asks for a person", async () => {
  expect(await look()).toMatchObject({ status: "scheduled", rule: "time.window", due: null });
  const listed = await runOn(database, held, "--case", caseId);
  expect(listed.code).toBe(0);
  expect(listed.output).toMatch(
    new RegExp(
      `^${id}  text, type 1, borrower BO-1, held for .* by time\\.window\n  Outside the hours`,
      "u",
    ),
  );
  const json = JSON.parse((await runOn(database, held, "--case", caseId, "--json")).output);
  expect(json.held).toMatchObject([{ interactionId: id, ruleIds: ["time.window"] }]);
  const report = await runOn(database, status);
  expect(report.code).toBe(1);
  expect(report.output).toContain("HELD: 1 notice waits for a person");
  expect((await runOn(database, held, "--channel", "email")).output).toBe("No notice is held.");
});

test("a released notice is judged again, and the rules that held it hold it no more", async () => {
  const released = await runOn(database, release, id, "--reason", "the borrower asked for it");
  expect(released).toEqual({ code: 0, output: "Released 1 held notice." });
  await runDueJobs(database, deps);
  expect(await look()).toMatchObject({ status: "attempted", rule: null });
  const { output } = await runOn(database, explain, id);
  expect(output).toContain("by rule time.window");
  expect(output.replaceAll(/\s+/g, " ")).toContain("released on");
  expect(output.replaceAll(/\s+/g, " ")).toContain("by operator:kim: the borrower asked for it");
  expect(await runOn(database, release, id, "--reason", "again")).toMatchObject({ code: 4 });
});

test("a release lifts no other rule, and no refusal of the same rule", async () => {
  await runOn(database, release, id, "--reason", "a test");
  await pool.query(
    "update tidings.contacts set phone_disconnection_details = '{\"disconnectionStatus\": \"disconnected\"}' where id = 'CT-PHONE'",
  );
  await runDueJobs(database, deps);
  expect(await look()).toMatchObject({ status: "failed", rule: "contact.disconnected" });
  await pool.query(
    "update tidings.contacts set phone_disconnection_details = '{}' where id = 'CT-PHONE'",
  );
});

test("a refused notice fails with its rule, the name and the reason", async () => {
  const refused = await runOn(database, refuse, id, "--reason", "sent by letter", "--by", "Zoë");
  expect(refused).toEqual({ code: 0, output: "Refused 1 held notice." });
  expect(await look()).toMatchObject({
    status: "failed",
    rule: "time.window",
    long: "sent by letter",
  });
  const { rows } = await pool.query(
    "select decision, decided_by, reason from tidings.holds where interaction_id = $1",
    [id],
  );
  expect(rows).toEqual([
    { decision: "refused", decided_by: "operator:Zoë", reason: "sent by letter" },
  ]);
});

test("an audit does not miss a job of a held notice", async () => {
  expect(await runOn(database, audit, "--case", caseId)).toMatchObject({ code: 0 });
});

test("canceling a held notice decides about it", async () => {
  await runOn(database, cancel, id, "--reason", "sent by letter");
  const { rows } = await pool.query(
    "select decision, decided_by, reason from tidings.holds where interaction_id = $1",
    [id],
  );
  expect(rows).toEqual([
    { decision: "refused", decided_by: "operator:kim", reason: "sent by letter" },
  ]);
});

test("a filter shows the count first, and decides with --yes", async () => {
  const asked = await runOn(database, release, "--case", caseId, "--reason", "a test");
  expect(asked.output).toContain("Nothing was released.");
  expect(await look()).toMatchObject({ due: null });
  const done = await runOn(database, release, "--case", caseId, "--reason", "a test", "--yes");
  expect(done).toEqual({ code: 0, output: "Released 1 held notice." });
});

test("a decision is made once, by Tidings, with a reason", async () => {
  await expect(
    pool.query("update tidings.holds set decision = 'released' where interaction_id = $1", [id]),
  ).rejects.toMatchObject({ constraint: "holds_decision_says_why" });
  await runOn(database, refuse, id, "--reason", "a test");
  await expect(
    pool.query("update tidings.holds set reason = 'another' where interaction_id = $1", [id]),
  ).rejects.toMatchObject({ constraint: "holds_are_decided_once" });
  await expect(pool.query("delete from tidings.holds")).rejects.toMatchObject({
    constraint: "holds_are_history",
  });
});

test("a held notice whose latest time is near is reported once", async () => {
  await pool.query("alter table tidings.interactions disable trigger keep_who_and_what");
  await pool.query(
    "update tidings.interactions set scheduled_at_to = now() + interval '3 hours' where id = $1",
    [id],
  );
  await pool.query("alter table tidings.interactions enable trigger keep_who_and_what");
  expect(await takeNearDeadlines(db, 3_600_000)).toEqual([]);
  expect(await takeNearDeadlines(db, 86_400_000)).toMatchObject([{ interactionId: id }]);
  expect(await takeNearDeadlines(db, 86_400_000)).toEqual([]);
  expect((await runOn(database, status)).output).toContain(
    "1 of them near or past the latest time",
  );
  expect((await runOn(database, held, "--case", caseId)).output).toContain("It must leave by");
});
