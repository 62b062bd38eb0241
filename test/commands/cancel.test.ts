import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { cancel } from "../../src/commands/cancel.ts";
import { untilWaitingForLock, useDatabase } from "../database.ts";
import { depsOn } from "../deps.ts";
import { insertInteractions, insertLogged } from "../interactions.ts";
import { insertChanges, insertLender, insertType } from "../lender.ts";
import { runDueJobs } from "../queue.ts";
import { runOn } from "./run.ts";

const database = useDatabase();
const { pool } = database;
const cancels = (...words: readonly string[]) => runOn(database, cancel, ...words);

beforeAll(async () => {
  await insertLender(pool);
  await insertType(pool, { id: 1, delay: 5, unit: "calendarDays" });
  await insertType(pool, { id: 2, delay: 9, unit: "calendarDays", channel: "text" });
});

let cases = 0;
let caseId = "";
/** A separate case for every test, with two interactions scheduled in days. */
beforeEach(async () => {
  cases += 1;
  caseId = `CS-${cases}`;
  await insertChanges(pool, [{ caseId, status: "initiated" }]);
  await runDueJobs(database, depsOn(database));
});

async function readInteractions(): Promise<
  { id: string; status: string; short: string | null; long: string | null; type: number }[]
> {
  const { rows } = await pool.query(
    `select id, status, failure_description_short as short, failure_description_long as long, notification_type_id as type
     from tidings.interactions where case_id = $1 order by id`,
    [caseId],
  );
  return rows;
}

const idOf = async (type: number): Promise<string> =>
  (await readInteractions()).find((one) => one.type === type)?.id ?? "";

async function claim(id: string): Promise<void> {
  await pool.query(
    "update tidings.interactions set status = 'inProgress', claimed_by = 'w', claimed_at = now() where id = $1",
    [id],
  );
}

test("of one interaction: it is canceled, and who and why are on record", async () => {
  const id = await idOf(1);
  expect(await cancels(id, "--reason", " sent by letter ", "--by", "Zoë Example")).toEqual({
    code: 0,
    output: `Canceled 1 interaction: ${id}.`,
  });
  expect(await readInteractions()).toMatchObject([
    { status: "canceled", short: "Canceled by operator", long: "sent by letter", type: 1 },
    { status: "scheduled", short: null, type: 2 },
  ]);
  const { rows } = await pool.query(
    "select moved_by, from_status, to_status, evidence from tidings.interaction_transitions where interaction_id = $1 order by id desc limit 1",
    [id],
  );
  expect(rows).toEqual([
    {
      moved_by: "operator:Zoë Example",
      from_status: "scheduled",
      to_status: "canceled",
      evidence: { operator: "Zoë Example", reason: "sent by letter" },
    },
  ]);
});

test("of a case: all that is scheduled for it and nothing of another, in the name of $USER", async () => {
  await insertChanges(pool, [{ caseId: "ANOTHER", status: "initiated" }]);
  await runDueJobs(database, depsOn(database));
  const ids = (await readInteractions()).map(({ id }) => id);
  expect(await cancels("--case", caseId, "--yes", "--reason", "court order")).toEqual({
    code: 0,
    output: `Canceled 2 interactions: ${ids.join(", ")}.`,
  });
  const { rows } = await pool.query(
    `select i.case_id, i.status, t.moved_by from tidings.interactions i
     join lateral (select moved_by from tidings.interaction_transitions where interaction_id = i.id order by id desc limit 1) t on true
     where i.case_id in ('ANOTHER', $1) order by i.id`,
    [caseId],
  );
  expect(rows.filter((row) => row.case_id === caseId)).toEqual(
    ids.map(() => ({ case_id: caseId, status: "canceled", moved_by: "operator:kim" })),
  );
  expect(rows.filter((row) => row.case_id === "ANOTHER").map((row) => row.status)).toEqual([
    "scheduled",
    "scheduled",
  ]);
});

test("of a type: every case's, the first twenty by id", async () => {
  const many = Array.from({ length: 23 }, (_, n) => ({ caseId: `MANY-${n}`, status: "initiated" }));
  await insertChanges(pool, many);
  await runDueJobs(database, depsOn(database));
  const { rows } = await pool.query<{ id: string }>(
    "select id from tidings.interactions where status = 'scheduled' and notification_type_id = 1 order by id",
  );
  const { code, output } = await cancels("--type", "1", "--yes", "--reason", "wrong text");
  expect(code).toBe(0);
  const first = rows.slice(0, 20).map(({ id }) => id);
  expect(output).toBe(
    `Canceled ${rows.length} interactions: ${first.join(", ")} and ${rows.length - 20} more.`,
  );
  expect((await readInteractions()).map(({ status }) => status)).toEqual(["canceled", "scheduled"]);
});

test("a filter without --yes shows the count and changes nothing", async () => {
  const { code, output } = await cancels("--case", caseId, "--reason", "court order");
  expect(code).toBe(4);
  expect(output).toMatch(
    /^channel +type +interactions +first due +last due\nemail +1 +1 +.*\ntext +2 +1 +.*\n\nNothing was canceled\. Repeat the command with --yes to cancel these\.$/,
  );
  expect((await readInteractions()).map(({ status }) => status)).toEqual([
    "scheduled",
    "scheduled",
  ]);
});

test("filters are combined", async () => {
  const which = ["--case", caseId, "--channel", "text", "--due-since", "2031-03-01"];
  const { output } = await cancels(...which, "--yes", "--reason", "x");
  expect(output).toBe(`Canceled 1 interaction: ${await idOf(2)}.`);
});

test("more than a batch is canceled whole", async () => {
  await insertInteractions(pool, 1_001, { supercaseBulkOperationId: "OP-1" });
  const { code, output } = await cancels("--operation", "OP-1", "--yes", "--reason", "x");
  expect(code).toBe(0);
  expect(output).toMatch(/^Canceled 1,001 interactions: /);
});

describe("an interaction that is not scheduled", () => {
  test("in progress: it is not touched, and reported", async () => {
    const [one, other] = [await idOf(1), await idOf(2)];
    await claim(one);
    expect(await cancels("--case", caseId, "--yes", "--reason", "x")).toEqual({
      code: 0,
      output: `Canceled 1 interaction: ${other}.\nIn progress with a provider, not changed: ${one}.`,
    });
    expect((await readInteractions()).map(({ status }) => status)).toEqual([
      "inProgress",
      "canceled",
    ]);
  });

  test("claimed by a daemon at the same moment: the first one wins, and the output reports it", async () => {
    const id = await idOf(1);
    const daemon = await pool.connect();
    await daemon.query("begin");
    await daemon.query(
      "update tidings.interactions set status = 'inProgress', claimed_by = 'w', claimed_at = now() where id = $1",
      [id],
    );
    const canceling = cancels(id, "--reason", "x");
    await untilWaitingForLock(pool, { words: "Canceled by operator" });
    await daemon.query("commit");
    daemon.release();
    expect(await canceling).toEqual({
      code: 4,
      output: `In progress with a provider, not changed: ${id}.\nInteraction ${id} is not scheduled but inProgress; nothing was canceled.`,
    });
  });

  test("nothing: exit code 1, and a sentence with its status", async () => {
    const id = await idOf(1);
    await cancels("--case", caseId, "--yes", "--reason", "x");
    const logged = await insertLogged(pool, { status: "scheduled", caseId });
    const attempts: readonly (readonly [readonly string[], string])[] = [
      [[id], `Interaction ${id} is not scheduled but canceled`],
      [[logged], `Interaction ${logged} was logged by another system and is never sent by Tidings`],
    ];
    for (const [words, sentence] of attempts)
      expect(await cancels(...words, "--reason", "x")).toEqual({
        code: 4,
        output: `${sentence}; nothing was canceled.`,
      });
  });

  test("a filter that matches nothing, or an id that is not on record: not found", async () => {
    await cancels("--case", caseId, "--yes", "--reason", "x");
    for (const words of [
      ["--case", caseId],
      ["--type", "77"],
    ])
      expect(await cancels(...words, "--reason", "x")).toEqual({
        code: 3,
        output: "No scheduled interaction matches; nothing was canceled.",
      });
    await expect(cancels("999999", "--reason", "x")).rejects.toMatchObject({
      message: "NOT_FOUND: there is no interaction 999999",
    });
  });
});

describe("invalid arguments are refused before anything is done", () => {
  test.each([
    [["--case", "C"], "--reason is missing"],
    [["--case", "C", "--reason", "  "], "--reason is missing"],
    [["--reason", "x"], "give an INTERACTION_ID, or at least one filter such as --case ID"],
    [["7", "--case", "C", "--reason", "x"], "give an INTERACTION_ID or filters, not both"],
    [["7x", "--reason", "x"], "INTERACTION_ID must be a whole number from 1"],
    [
      ["--type", "2147483648", "--reason", "x"],
      "--type must be a whole number from 1 to 2147483647",
    ],
    [["--case", "C", "--reason", "x", "--by", "kim\t-c role=postgres"], "--by must be a name"],
    [["--case", "C", "--reason", "x", "--by", ""], "--by is missing"],
  ])("%j", async (words, sentence) => {
    await expect(cancels(...words)).rejects.toMatchObject({
      code: "ARGUMENTS_INVALID",
      message: expect.stringContaining(sentence),
    });
  });
});
