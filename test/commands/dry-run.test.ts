import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { dryRun } from "../../src/commands/dry-run/dry-run.ts";
import { useDatabase } from "../database.ts";
import { depsOn } from "../deps.ts";
import { insertChanges, insertLender, insertType } from "../lender.ts";
import { runDueJobs } from "../queue.ts";
import { runOn, type Ran } from "./run.ts";

const database = useDatabase();
const { pool } = database;
const dir = mkdtempSync(join(tmpdir(), "tidings-dry-run-"));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const runDryRun = (...words: readonly string[]): Promise<Ran> => runOn(database, dryRun, ...words);

function writeLines(lines: readonly (object | string)[]): string {
  const path = join(dir, "changes.jsonl");
  const written = lines.map((line) => (typeof line === "string" ? line : JSON.stringify(line)));
  writeFileSync(path, written.join("\n"));
  return path;
}
interface Document {
  readonly total: number;
  readonly changes: readonly {
    readonly label: string;
    readonly nothing: string | null;
    readonly notices: readonly { readonly kind: string; readonly notificationTypeId: number }[];
  }[];
}
const LINE = { case_type_id: "bankruptcy", borrower_id: "BO-1", status: "initiated" };

/** Everything the schema and the queue hold, as a sum of each table. */
async function readSums(): Promise<object> {
  const { rows: tables } = await pool.query<{ name: string }>(
    "select format('%I.%I', schemaname, tablename) as name from pg_tables where schemaname in ('tidings', 'tidings_queue') order by 1",
  );
  const sums = tables.map(
    ({ name }) =>
      `select '${name}' as name, count(*), md5(string_agg(t::text, ',' order by t::text)) from ${name} t`,
  );
  // several workers may read the tables, in any order
  return (await pool.query(`${sums.join(" union all ")} order by name`)).rows;
}

let changeIds: string[] = [];
beforeAll(async () => {
  await insertLender(pool);
  await pool.query("insert into tidings.case_types (id) values ('hardship')");
  await insertType(pool, { id: 1 });
  await insertType(pool, { id: 2, delay: 5, unit: "businessDays", channel: "text" });
  await insertType(pool, {
    id: 3,
    onStatus: "processing",
    onCondition: [{ fieldName: "chapter", operator: "eq", value: 7, dataType: "integer" }],
  });
  changeIds = await insertChanges(pool, [
    { caseId: "CS-1", status: "initiated", at: "2031-05-21T14:00:00Z" },
    { caseId: "CS-2", status: "processing", fields: { chapter: 13 }, at: "2031-05-21T14:00:00Z" },
    { caseId: "CS-3", status: "initiated", borrowerId: "BO-2", at: "2031-05-21T14:00:00Z" },
    { caseId: "CS-4", status: "initiated", fires: false, at: "2031-05-21T14:00:00Z" },
    { caseId: "CS-5", status: "initiated", caseTypeId: "hardship", at: "2031-05-21T14:00:00Z" },
  ]);
});

describe("changes of the table", () => {
  test("shows for every change which notices it would send, to whom and when, and why others would not be sent", async () => {
    const { code, output } = await runDryRun(...changeIds.flatMap((id) => ["--change", id]));
    expect(code).toBe(0);
    expect(output.replace(/, .*/, ", NOW")).toMatchInlineSnapshot(`
      "Dry run of 5 case changes, NOW
      Judged on the current data. Nothing is written and nothing is sent.

      change 1: CS-1 (bankruptcy) of BO-1, initiated, Wed 2031-05-21 10:00 EDT
        SENDS type 1 version 1 "Type 1" by email to contact CT-EMAIL
          due Wed 2031-05-21 10:00 EDT: at the moment of the change.
          Template 1, version 1, in en: the borrower's language (en).
        SENDS type 2 version 1 "Type 2" by text to contact CT-PHONE
          due Thu 2031-05-29 10:00 EDT: 5 business days after the change on the calendar office, at the
          same time of day in America/New_York. Passed over: Sat 2031-05-24, Sun 2031-05-25, Mon
          2031-05-26 (Memorial Day).
          Template 2, version 1, in en: the borrower's language (en).
        silent type 3 version 1 "Type 3" by email
          The type waits for status processing, the case has status initiated.

      change 2: CS-2 (bankruptcy) of BO-1, processing, Wed 2031-05-21 10:00 EDT
        silent type 1 version 1 "Type 1" by email
          The type waits for status initiated, the case has status processing.
        silent type 2 version 1 "Type 2" by text
          The type waits for status initiated, the case has status processing.
        silent type 3 version 1 "Type 3" by email
          The case's fields do not meet the condition chapter eq 7.

      change 3: CS-3 (bankruptcy) of BO-2, initiated, Wed 2031-05-21 10:00 EDT
        FAILS type 1 version 1 "Type 1" by email
          due Wed 2031-05-21 10:00 EDT
          No eligible contact: The borrower has no contact for email: add a valid email contact of the
          borrower's own (affiliation self, not archived).
          Template 1, version 1, in en: the borrower's language (en).
        FAILS type 2 version 1 "Type 2" by text
          due Thu 2031-05-29 10:00 EDT
          No eligible contact: The borrower has no contact for text: add a valid personal phone of the
          borrower's own that receives text messages (affiliation self, label personal, not archived).
          Template 2, version 1, in en: the borrower's language (en).
        silent type 3 version 1 "Type 3" by email
          The type waits for status processing, the case has status initiated.

      change 4: CS-4 (bankruptcy) of BO-1, initiated, Wed 2031-05-21 10:00 EDT
        nothing: It only makes its case known (fires is false), so nothing is sent.

      change 5: CS-5 (hardship) of BO-1, initiated, Wed 2031-05-21 10:00 EDT
        nothing: No active notification type is linked to case type hardship.

      in all           sends  waits  fails  cancels  silent
      type 1 "Type 1"  1      0      1      0        1
      type 2 "Type 2"  1      0      1      0        1
      type 3 "Type 3"  0      0      0      0        3
      2 changes caused nothing with any type"
    `);
  });

  test("changes by time of arrival, up to a limit", async () => {
    // --since has milliseconds: wait until the database's clock is in a later one than the last arrival
    const laterThanAll = async (): Promise<string | undefined> => {
      const { rows } = await pool.query<{ since: Date }>(
        `select date_trunc('milliseconds', clock_timestamp()) as since
         where date_trunc('milliseconds', clock_timestamp()) > (select max(received_at) from tidings.case_changes)`,
      );
      return rows[0]?.since.toISOString();
    };
    const since = await vi.waitUntil(laterThanAll);
    const later = [1, 2, 3].map((n) => ({ caseId: `L-${n}`, status: "initiated" }));
    const ids = await insertChanges(pool, later);
    const { output } = await runDryRun("--since", since, "--limit", "2", "--json");
    const { total, changes } = JSON.parse(output) as Document;
    expect(total).toBe(3);
    expect(changes.map(({ label }) => label)).toEqual([`change ${ids[0]}`, `change ${ids[1]}`]);
    const page = await runDryRun("--since", since, "--limit", "2");
    expect(page.output).toContain("Dry run of the first 2 of 3 case changes, ");
  });

  test("shows the interactions that a change has already caused", async () => {
    await insertType(pool, { id: 4, onOutcome: "denied", onStatus: null });
    const [id = ""] = await insertChanges(pool, [
      { caseId: "CS-6", status: "completed", outcome: "denied" },
    ]);
    expect((await runDryRun("--change", id)).output).not.toContain("on record");
    await runDueJobs(database, depsOn(database));
    const { rows } = await pool.query<{ id: string }>(
      "select id from tidings.interactions where case_change_id = $1",
      [id],
    );
    expect((await runDryRun("--change", id)).output).toContain(
      `Already on record, as interaction ${rows[0]?.id}.`,
    );
  });

  test("ids that are not there are refused, all of them", async () => {
    await expect(
      runDryRun("--change", "999", "--change", changeIds[0] ?? "", "--change", "998"),
    ).rejects.toMatchObject({ message: "NOT_FOUND: there is no case change 999, 998" });
  });
});

describe("lines of a file", () => {
  test("arrive now, after what the database knows of their case and after the lines before them", async () => {
    const path = writeLines([
      { ...LINE, case_id: "CS-1", changed_at: "2031-05-22T14:00:00Z" },
      {
        ...LINE,
        case_id: "CS-1",
        status: "processing",
        fields: { chapter: 7 },
        changed_at: "2031-05-23T14:00:00Z",
      },
      { ...LINE, case_id: "CS-1", changed_at: "2031-05-24T14:00:00Z" },
      {
        ...LINE,
        case_id: "F-1",
        status: "processing",
        fields: { chapter: 7 },
        external_id: "evt-1",
      },
      {
        ...LINE,
        case_id: "F-1",
        status: "processing",
        fields: { chapter: 7 },
        external_id: "evt-1",
      },
    ]);
    const { output } = await runDryRun("--file", path, "--json");
    const { changes } = JSON.parse(output) as Document;
    const sends = changes.map(({ notices }) =>
      notices.filter(({ kind }) => kind === "sends").map((one) => one.notificationTypeId),
    );
    expect(changes.map(({ label }) => label)).toEqual([1, 2, 3, 4, 5].map((n) => `line ${n}`));
    expect(sends).toEqual([[], [3], [1, 2], [3], []]);
    expect(changes[4]?.nothing).toMatch(/external_id/);
  });

  test("at the same moment as a change of the table, to the millisecond, come after it", async () => {
    await insertChanges(pool, [
      { caseId: "CS-7", status: "initiated", at: "2031-05-21T14:00:00.123456Z" },
    ]);
    const at = { case_id: "CS-7", changed_at: "2031-05-21T14:00:00.123Z" };
    const { output } = await runDryRun("--file", writeLines([{ ...LINE, ...at }]));
    expect(output).toContain("The case had status initiated before this change already.");
  });

  test("that arrive late are placed before the next change of the table", async () => {
    await insertChanges(pool, [
      { caseId: "CS-8", status: "processing", at: "2031-05-20T14:00:00Z" },
      { caseId: "CS-8", status: "initiated", at: "2031-05-23T14:00:00Z" },
      { caseId: "CS-8", status: "processing", at: "2031-05-25T14:00:00Z" },
    ]);
    const late = { case_id: "CS-8", changed_at: "2031-05-22T14:00:00Z" };
    const { output } = await runDryRun("--file", writeLines([{ ...LINE, ...late }]));
    expect(output).toContain("This change arrived late.");
  });

  test("are judged as far as the limit goes", async () => {
    const path = writeLines([1, 2, 3].map((n) => ({ ...LINE, case_id: `F-${n}` })));
    const { output } = await runDryRun("--file", path, "--limit", "2", "--json");
    const { total, changes } = JSON.parse(output) as Document;
    expect([total, changes.length]).toEqual([3, 2]);
  });

  test("all bad lines are reported at once, and nothing is judged", async () => {
    const path = writeLines([
      { ...LINE, case_id: "F-1" },
      "Pat Example",
      { ...LINE, case_id: "F-2", status: "started" },
      { ...LINE, case_id: "F-3", borrower_id: "BO-9" },
      { ...LINE, case_id: "F-4", case_type_id: "unheardOf", fires: "no" },
    ]);
    await expect(runDryRun("--file", path)).rejects.toMatchObject({
      message: [
        `ARGUMENTS_INVALID: ${path} is not valid, and nothing was judged:`,
        "  line 2: it is not JSON",
        "  line 3: status must be one of initiated, processing, completed, canceled, reopened",
        "  line 4: borrower_id BO-9 is not in tidings.borrowers",
        "  line 5: fires must be true or false",
      ].join("\n"),
    });
  });

  test("a bad line beyond the limit is a bad line", async () => {
    const path = writeLines([{ ...LINE, case_id: "F-1" }, "x"]);
    await expect(runDryRun("--file", path, "--limit", "1")).rejects.toThrow(
      "line 2: it is not JSON",
    );
  });
});

test("no name, address or number is shown, and no field of a case", async () => {
  const path = writeLines([{ ...LINE, case_id: "F-1", fields: { secret: "Pat Example" } }]);
  for (const words of [
    ["--file", path],
    ["--file", path, "--json"],
  ]) {
    const { output } = await runDryRun(...words);
    expect(output).toContain("CT-EMAIL");
    expect(output).not.toMatch(/Pat|pat@|\+1614/);
  }
});

test("no table is changed", async () => {
  const before = await readSums();
  await runDryRun("--since", "2020-01-01T00:00:00Z");
  await runDryRun(
    "--file",
    writeLines([
      { ...LINE, case_id: "F-1" },
      { ...LINE, case_id: "CS-1" },
    ]),
  );
  expect(await readSums()).toEqual(before);
});

test("the database itself refuses a write in a dry run", async () => {
  await pool.query(`
    create function write_something() returns boolean language plpgsql volatile as $$
      begin insert into tidings.case_types (id) values ('written'); return true; end $$;
    insert into tidings.calendars values ('ours', 'office');
    alter table tidings.calendars rename to calendars_behind;
    create view tidings.calendars as select * from tidings.calendars_behind where write_something();
  `);
  await expect(runDryRun("--change", changeIds[0] ?? "")).rejects.toThrow(
    "cannot execute INSERT in a read-only transaction",
  );
  await pool.query(
    "drop view tidings.calendars; alter table tidings.calendars_behind rename to calendars",
  );
});

test.each(["2020-01-01", "9999d"])("--since takes %s, as other commands do", async (since) => {
  const { output } = await runDryRun("--since", since, "--json");
  expect((JSON.parse(output) as { changes: object[] }).changes).not.toEqual([]);
});

test.each([
  [[], "give one of --change, --since, --file"],
  [["--change", "1", "--file", "x"], "give one of --change, --since, --file"],
  [["--change", "one"], "--change must be a whole number"],
  [["--since", "yesterday"], "--since must be a date, a moment such as"],
  [["--file", "/no/such/file"], "--file /no/such/file cannot be read (ENOENT)"],
  [["--change", "1", "--limit", "0"], "--limit must be a whole number from 1 to 1000000"],
])("%j is refused with a sentence", async (words, sentence) => {
  await expect(runDryRun(...words)).rejects.toThrow(sentence);
});
