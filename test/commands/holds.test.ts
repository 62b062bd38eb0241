import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { cancel } from "../../src/commands/cancel.ts";
import type { Command } from "../../src/commands/cli/command.ts";
import { refuse, release } from "../../src/commands/decide-hold.ts";
import { held } from "../../src/commands/held.ts";
import { status } from "../../src/commands/status/status.ts";
import { warnOfDeadlines } from "../../src/store/operate/holds.ts";
import { useDatabase } from "../database.ts";
import { useInstallation } from "../installation.ts";
import { applyHours, insertType } from "../lender.ts";
import { runDueJobs } from "../queue.ts";
import { runOn, type Ran } from "./run.ts";

const database = useDatabase();
const { pool, db } = database;
const installation = useInstallation(database);

const run = (command: Command, ...words: readonly string[]): Promise<Ran> =>
  runOn(database, command, ...words);

const NIGHT = "2031-03-03T08:00:00Z";
let cases = 0;
let caseId: string;
let id: string;

/** This lender wants a person to decide about each text at night. */
beforeAll(async () => {
  Object.assign(installation.deps, { withinMs: { text: 72 * 3_600_000 } });
  await applyHours(pool);
  await insertType(pool, { id: 2, channel: "text", caseTypes: ["disputeOfDebt"] });
  await pool.query(
    `insert into tidings.guard_policy_changes (change, rule_id, outcome, reason) values ('stricter', 'time.window', 'hold', 'a test')`,
  );
});

beforeEach(async () => {
  await installation.at(NIGHT);
  await holdAnother();
});

async function holdAnother(): Promise<void> {
  cases += 1;
  caseId = `HOLD-${cases}`;
  await installation.change(caseId, "initiated", { caseTypeId: "disputeOfDebt" });
  const { rows } = await pool.query<{ id: string }>(
    "select id from tidings.interactions where case_id = $1",
    [caseId],
  );
  id = rows[0]?.id ?? "";
}

async function stateOf(interactionId: string): Promise<object | undefined> {
  const { rows } = await pool.query<object>(
    `select i.status, i.scheduled_at_from is null as "isWithoutDue", h.decision, h.reason, h.decided_by as "decidedBy"
     from tidings.interactions i join tidings.holds h on h.interaction_id = i.id where i.id = $1`,
    [interactionId],
  );
  return rows[0];
}

describe("a held notice", () => {
  test("is listed with its rules, its age and its latest time, also as JSON and by a filter", async () => {
    const { code, output } = await run(held, "--case", caseId);
    expect(code).toBe(0);
    expect(output).toMatch(
      new RegExp(`^${id} +text +2 +${caseId} +BO-1 +\\S+.* +2031-03-0\\S+.*time\\.window$`, "m"),
    );
    expect(output).toContain("1 notice held.");
    const { output: json } = await run(held, "--case", caseId, "--json");
    expect(JSON.parse(json)).toMatchObject({
      held: [{ interactionId: id, ruleIds: ["time.window"], caseId }],
      more: false,
    });
    expect((await run(held, "--case", "NONE")).output).toBe("No notice is held.");
  });

  test("is counted by the status, which exits with 1", async () => {
    const { code, output } = await run(status);
    expect(code).toBe(1);
    expect(output).toMatch(/HELD FOR A PERSON: \d+ notices?, the oldest for .*must leave by/);
    expect(output).toMatch(/NEEDS A PERSON: .*held notices? to decide/);
  });

  test("is sent once it is released, in the name of the operator", async () => {
    const { code, output } = await run(release, id, "--reason", "the borrower asked for it");
    expect({ code, output }).toEqual({ code: 0, output: "Released 1 notice." });
    expect(await stateOf(id)).toEqual({
      status: "scheduled",
      isWithoutDue: false,
      decision: "released",
      reason: "the borrower asked for it",
      decidedBy: "operator:kim",
    });
    await runDueJobs(database, installation.deps);
    expect(await stateOf(id)).toMatchObject({ status: "attempted" });
    const { rows } = await pool.query(
      "select outcome, rules from tidings.judgements where interaction_id = $1 order by id desc limit 1",
      [id],
    );
    expect(rows).toEqual([
      {
        outcome: "allow",
        rules: [expect.objectContaining({ ruleId: "time.window", liftedBy: "person" })],
      },
    ]);
  });

  test("is judged by every other rule after its release", async () => {
    await pool.query(
      `insert into tidings.guard_policy_changes (change, rule_id, outcome, reason) values ('stricter', 'freq.cumulative', 'refuse', 'a test')`,
    );
    await pool.query(
      "update tidings.contacts set phone_disconnection_details = '{\"disconnectionStatus\": \"disconnected\"}' where id = 'CT-PHONE'",
    );
    await run(release, id, "--reason", "a test");
    await runDueJobs(database, installation.deps);
    expect(await stateOf(id)).toMatchObject({ status: "failed" });
    await pool.query(
      "update tidings.contacts set phone_disconnection_details = null, valid = true",
    );
  });

  test("is withdrawn once it is refused", async () => {
    expect(await run(refuse, id, "--reason", "sent by letter")).toEqual({
      code: 0,
      output: "Refused 1 notice.",
    });
    expect(await stateOf(id)).toMatchObject({ status: "canceled", decision: "refused" });
  });

  test("has a decision when it is canceled in another way", async () => {
    await run(cancel, id, "--reason", "sent by letter");
    expect(await stateOf(id)).toMatchObject({ status: "canceled", decision: "refused" });
  });

  test("is decided once, and only while it is held", async () => {
    await run(refuse, id, "--reason", "sent by letter");
    for (const command of [release, refuse]) {
      const { code, output } = await run(command, id, "--reason", "again");
      expect(code).toBe(4);
      expect(output).toContain("is not held; nothing was changed");
    }
  });

  test("needs a name and a reason", async () => {
    await expect(run(release, id)).rejects.toThrow("--reason is missing");
    await expect(run(refuse, id, "--reason", " ")).rejects.toThrow("--reason is missing");
  });

  test("is decided with many others after --yes", async () => {
    const first = id;
    await holdAnother();
    const words = ["--status", "scheduled", "--reason", "a test"];
    const asked = await run(release, ...words);
    expect(asked.code).toBe(4);
    expect(asked.output).toMatch(/text +2 +\d+/);
    expect(asked.output).toContain("Nothing was released.");
    expect((await run(release, ...words, "--yes")).output).toMatch(/^Released \d+ notices\.$/);
    expect(await stateOf(first)).toMatchObject({ decision: "released" });
    expect(await stateOf(id)).toMatchObject({ decision: "released" });
  });

  test("is warned of once, a day before its latest time", async () => {
    expect(await warnOfDeadlines(db, 24)).toEqual([]);
    await pool.query("update tidings.holds set warned_at = null where decided_at is null");
    const hours = 24 * 366 * 6;
    const warned = await warnOfDeadlines(db, hours);
    expect(warned).toContainEqual({
      interactionId: id,
      latestAt: expect.any(Date),
      ruleId: "time.window",
    });
    expect(await warnOfDeadlines(db, hours)).toEqual([]);
  });
});
