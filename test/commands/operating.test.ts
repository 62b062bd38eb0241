import { beforeAll, describe, expect, test } from "vitest";
import { pause, resume } from "../../src/commands/pause.ts";
import { retry } from "../../src/commands/retry.ts";
import { settle } from "../../src/commands/settle.ts";
import { status as showStatus } from "../../src/commands/status/status.ts";
import { rewriteRecord, useDatabase } from "../database.ts";
import { useInstallation } from "../installation.ts";
import { insertInteractions } from "../interactions.ts";
import { insertType } from "../lender.ts";
import { runOn } from "./run.ts";

const database = useDatabase();
const { pool } = database;
const installation = useInstallation(database);
beforeAll(async () => {
  await insertType(pool, { id: 1 });
});

async function lastOf(caseId: string): Promise<{ id: string; attempt: number; by: string }> {
  const { rows } = await pool.query<{ id: string; attempt: number; by: string }>(
    `select i.id, i.attempt, (select t.moved_by from tidings.interaction_transitions t where t.interaction_id = i.id order by t.id desc limit 1) as by
     from tidings.interactions i where i.case_id = $1 order by i.attempt desc limit 1`,
    [caseId],
  );
  return rows[0] ?? { id: "0", attempt: 0, by: "" };
}

describe("pause and resume", () => {
  test("hold a channel back in the operator's name, and let it go again at once", async () => {
    await installation.reachableBy({ email: "pat@example.com" });
    const paused = await runOn(
      database,
      pause,
      "channel",
      "email",
      "--reason",
      "wording under review",
    );
    expect(paused).toEqual({ code: 0, output: "Paused channel email until it is resumed." });
    const again = await runOn(database, pause, "channel", "email", "--reason", "again");
    expect(again.code).toBe(4);
    expect(again.output).toMatch(
      /^channel email is already paused; nothing was changed\.\n {2}since .* by operator:kim until it is resumed: wording under review\n--change gives/,
    );
    await installation.change("P1", "initiated");
    expect(await installation.attempts("P1")).toMatchObject([
      { status: "scheduled", rule: "pause.open" },
    ]);
    const resumed = await runOn(database, resume, "channel", "email", "--by", "lee");
    expect(resumed.output).toBe(
      "Resumed channel email; judged again: 1 interaction that waited for it.",
    );
    await installation.at("2031-03-03T15:00:01Z");
    expect(await installation.attempts("P1")).toMatchObject([{ status: "attempted" }]);
    const { rows } = await pool.query("select paused_by, released_by, reason from tidings.pauses");
    expect(rows).toEqual([
      { paused_by: "operator:kim", released_by: "operator:lee", reason: "wording under review" },
    ]);
    expect(await runOn(database, resume, "channel", "email")).toMatchObject({ code: 4 });
  });

  test("--until ends a pause by itself, on record, and another pause may follow", async () => {
    const words = ["channel", "text", "--reason", "move"];
    const paused = await runOn(database, pause, ...words, "--until", "2031-03-03T10:30:00-05:00");
    expect(paused).toEqual({
      code: 0,
      output: "Paused channel text until Mon 2031-03-03 10:30 EST.",
    });
    const { output } = await runOn(database, showStatus);
    expect(output).toMatch(
      /^PAUSED: channel text, since .* by operator:kim until Mon 2031-03-03 10:30 EST, holds no notice yet: move$/m,
    );
    await rewriteRecord(
      pool,
      "update tidings.pauses set paused_at = '2026-01-01', ends_at = '2026-01-02' where reason = 'move'",
    );
    expect((await runOn(database, showStatus)).output).not.toContain("PAUSED: channel text");
    expect(await runOn(database, pause, ...words, "--until", "90min")).toMatchObject({ code: 0 });
    const { rows } = await pool.query(
      "select released_at, released_by, ends_at > now() + interval '89 minutes' as later from tidings.pauses where reason = 'move' order by id",
    );
    expect(rows).toEqual([
      { released_at: new Date("2026-01-02"), released_by: "ends_at", later: false },
      { released_at: null, released_by: null, later: true },
    ]);
    expect(await runOn(database, resume, "channel", "text")).toMatchObject({ code: 0 });
  });

  test("--change gives an open pause a new end and reason, and the old ones stay on record", async () => {
    const words = ["type", "1", "--reason"];
    expect(await runOn(database, pause, ...words, "no pause yet", "--change")).toEqual({
      code: 4,
      output: "type 1 is not paused; nothing was changed.",
    });
    await runOn(database, pause, ...words, "wording", "--until", "2031-03-03T10:30:00-05:00");
    const later = ["--until", "2031-03-04T10:30:00-05:00", "--change", "--by", "lee"];
    expect(await runOn(database, pause, ...words, "wording, again", ...later)).toEqual({
      code: 0,
      output: "The pause of type 1 now lasts until Tue 2031-03-04 10:30 EST.",
    });
    expect((await runOn(database, showStatus)).output).toMatch(
      /^PAUSED: type 1, .*until Tue 2031-03-04 10:30 EST, .*: wording, again$/m,
    );
    expect(await runOn(database, pause, ...words, "for good", "--change")).toEqual({
      code: 0,
      output: "The pause of type 1 now lasts until it is resumed.",
    });
    const { rows } = await pool.query(
      `select r.actor, r.changes #>> '{reason,from}' as reason, r.changes #>> '{ends_at,from}' <> '' as ended
       from tidings.record_changes r where r.table_name = 'pauses' and r.changes #>> '{reason,from}' is not null order by r.id`,
    );
    expect(rows).toEqual([
      { actor: "operator:lee", reason: "wording", ended: true },
      { actor: "operator:kim", reason: "wording, again", ended: true },
    ]);
    await runOn(database, resume, "type", "1");
  });

  test("a pause that has ended is not changed", async () => {
    const words = ["type", "1", "--reason", "short", "--until"];
    await runOn(database, pause, ...words, "1h");
    await rewriteRecord(
      pool,
      "update tidings.pauses set paused_at = '2026-01-01', ends_at = '2026-01-02' where reason = 'short'",
    );
    const late = pool.query("update tidings.pauses set ends_at = null where reason = 'short'");
    await expect(late).rejects.toMatchObject({ constraint: "pauses_are_only_released" });
    expect(await runOn(database, pause, ...words, "2h", "--change")).toMatchObject({ code: 4 });
  });

  test.each(["2020-01-01", "yesterday", "0min"])("--until %s is refused", async (until) => {
    await expect(
      runOn(database, pause, "everything", "--reason", "r", "--until", until),
    ).rejects.toMatchObject({ code: "ARGUMENTS_INVALID" });
  });

  test.each([["channel", "pigeon"], ["everything", "else"], ["type", "seven"], ["something"]])(
    "%s %s is refused with what there is",
    async (...words) => {
      await expect(runOn(database, pause, ...words, "--reason", "r")).rejects.toMatchObject({
        code: "ARGUMENTS_INVALID",
      });
    },
  );

  test("a type that is not there is refused, and nothing is paused", async () => {
    await expect(runOn(database, pause, "type", "99", "--reason", "r")).rejects.toMatchObject({
      message: "NOT_FOUND: there is no notification type 99",
    });
    const { rows } = await pool.query("select from tidings.pauses where notification_type_id = 99");
    expect(rows).toEqual([]);
    expect(await runOn(database, pause, "type", "1", "--reason", "r")).toMatchObject({ code: 0 });
    expect(await runOn(database, resume, "type", "1")).toEqual({
      code: 0,
      output: "Resumed type 1; judged again: 0 interactions that waited for it.",
    });
  });

  test.each(["reason = 'another'", "released_at = null", "paused_by = 'x'"])(
    "a released pause is history: %s is refused",
    async (change) => {
      await expect(pool.query(`update tidings.pauses set ${change}`)).rejects.toMatchObject({
        constraint: "pauses_are_only_released",
      });
    },
  );
});

describe("retry", () => {
  test("sends a failed notice again as a new attempt in the operator's name, once", async () => {
    await installation.reachableBy({ email: "no-such-mailbox@example.com" });
    await installation.change("R1", "initiated");
    const { id } = await lastOf("R1");
    await installation.reachableBy({ email: "pat@example.com" });
    expect(await runOn(database, retry, id)).toMatchObject({ code: 0 });
    expect(await lastOf("R1")).toMatchObject({ attempt: 2, by: "operator:kim" });
    // the clock of the installation is years ahead of the database's, from which the latest time of the attempt counts
    await rewriteRecord(
      pool,
      "update tidings.interactions set scheduled_at_to = null where case_id = 'R1'",
    );
    await installation.at("2031-03-03T15:00:01Z");
    expect((await installation.attempts("R1")).map((one) => one.status)).toEqual([
      "failed",
      "attempted",
    ]);
    expect(await runOn(database, retry, id)).toMatchObject({ code: 4 });
  });
});

test("retry and settle take filters, show the count first, and act with --yes", async () => {
  await insertInteractions(pool, 3, { status: "failed", supercaseBulkOperationId: "OP-R" });
  const retries = (...words: string[]) => runOn(database, retry, "--operation", "OP-R", ...words);
  const shown = await retries();
  expect(shown.code).toBe(4);
  expect(shown.output).toMatch(/\nemail +1 +3 +.*\n\nNothing was sent again\. Repeat/);
  expect(await retries("--yes")).toEqual({
    code: 0,
    output: "Planned the next attempts of 3 interactions.",
  });
  expect(await retries("--yes")).toEqual({
    code: 3,
    output: "No failed or unknown interaction matches; nothing was sent again.",
  });

  const unknown = { status: "attempted", statusDetails: "emailOutcomeUnknown" };
  await insertInteractions(pool, 2, { ...unknown, supercaseBulkOperationId: "OP-S" });
  const settles = (...words: string[]) =>
    runOn(database, settle, "--operation", "OP-S", "--as", "delivered", ...words);
  expect((await settles()).code).toBe(4);
  expect(await settles("--yes")).toEqual({
    code: 0,
    output: "Settled 2 interactions as delivered.",
  });
  expect(await settles("--yes")).toMatchObject({ code: 3 });
});

test.each([
  { command: retry, words: [] },
  { command: settle, words: ["--as", "taken"] },
])("$command.name of an interaction that is not there is refused as that", async (one) => {
  const ran = runOn(database, one.command, "999", ...one.words);
  await expect(ran).rejects.toMatchObject({
    message: "NOT_FOUND: there is no interaction 999",
  });
});

describe("settle", () => {
  test.each([
    ["S1", "taken", "attempted", "emailSent"],
    ["S2", "delivered", "succeeded", "emailDelivered"],
    ["S3", "neverSent", "scheduled", null],
  ])("%s as %s: %s %s", async (caseId, outcome, status, details) => {
    await installation.reachableBy({ email: "dropped-after-data@example.com" });
    await installation.change(caseId, "initiated");
    const { id } = await lastOf(caseId);
    expect(await runOn(database, settle, id, "--as", outcome)).toMatchObject({ code: 0 });
    expect(await installation.attempts(caseId)).toMatchObject([{ status, details }]);
    expect(await lastOf(caseId)).toMatchObject({ by: "operator:kim" });
    expect(await runOn(database, settle, id, "--as", outcome)).toMatchObject({ code: 4 });
  });

  test("as anything else is refused", async () => {
    await expect(runOn(database, settle, "1", "--as", "lost")).rejects.toMatchObject({
      code: "ARGUMENTS_INVALID",
    });
  });
});
