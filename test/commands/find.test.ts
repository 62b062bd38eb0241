import { beforeAll, describe, expect, test } from "vitest";
import { find } from "../../src/commands/find/find.ts";
import { useDatabase } from "../database.ts";
import { insertInteractions, insertLogged } from "../interactions.ts";
import { insertLender } from "../lender.ts";
import { runOn } from "./run.ts";

const database = useDatabase();
const { pool } = database;

const finding = (...words: readonly string[]) => runOn(database, find, ...words);

interface Document {
  readonly interactions: readonly Record<string, unknown>[];
  readonly more: boolean;
}
const documentOf = async (...words: readonly string[]): Promise<Document> =>
  JSON.parse((await finding(...words, "--json")).output) as Document;
const idsOf = async (...words: readonly string[]): Promise<unknown[]> =>
  (await documentOf(...words)).interactions.map((one) => one["caseId"]);

beforeAll(async () => {
  await insertLender(pool);
  await pool.query(
    `insert into tidings.case_changes (case_id, case_type_id, borrower_id, loan_ids, status, fires)
     values ('A', 'bankruptcy', 'BO-1', '{}', 'initiated', false), ('B', 'bankruptcy', 'BO-2', '{LN-1}', 'initiated', false)`,
  );
  const rows = [
    { caseId: "A", status: "scheduled", scheduledAtFrom: "2031-03-03T04:59:59Z" },
    { caseId: "A", status: "failed", scheduledAtFrom: "2031-03-03T05:00:00Z" },
    {
      caseId: "B",
      personId: "BO-2",
      channel: "text",
      notificationTypeId: 2,
      status: "attempted",
      statusDetails: "textOutcomeUnknown",
      providerMessageId: "SM1",
      scheduledAtFrom: "2031-03-04T04:59:59Z",
    },
    {
      caseId: "B",
      personId: "BO-2",
      loanId: "LN-1",
      loanIds: ["LN-1"],
      supercaseBulkOperationId: "BULK",
      scheduledAtFrom: "2031-03-04T05:00:00Z",
    },
  ];
  for (const row of rows) await insertInteractions(pool, 1, row);
  await insertLogged(pool, { caseId: "L", personId: "BO-1", createdAt: "2020-01-01T00:00:00Z" });
});

describe("filters", () => {
  test.each([
    [[], ["L", "B", "B", "A", "A"]],
    [
      ["--borrower", "BO-2"],
      ["B", "B"],
    ],
    [
      ["--case", "A"],
      ["A", "A"],
    ],
    [
      ["--case", "A", "--case", "L"],
      ["L", "A", "A"],
    ],
    [["--loan", "LN-1"], ["B"]],
    [["--type", "2"], ["B"]],
    [["--channel", "text"], ["B"]],
    [
      ["--status", "failed", "--status", "attempted"],
      ["B", "A"],
    ],
    [["--details", "textOutcomeUnknown"], ["B"]],
    [["--provider-id", "SM1"], ["B"]],
    [["--operation", "BULK"], ["B"]],
    [["--borrower", "BO-1", "--status", "failed"], ["A"]],
    [["--until", "2020-01-01"], ["L"]],
    [["--until", "2019-12-31T23:59:59.999Z"], []],
    [
      ["--since", "12h"],
      ["B", "B", "A", "A"],
    ],
    // a day of America/New_York begins at 05:00 UTC in March before the change of clocks
    [
      ["--due-since", "2031-03-03", "--due-until", "2031-03-03"],
      ["B", "A"],
    ],
    [["--due-since", "2031-03-04T00:00:00-05:00"], ["B"]],
  ])("%j", async (words, cases) => {
    expect(await idsOf(...words)).toEqual(cases);
  });
});

test("the table has a line for each interaction and no personal data", async () => {
  const { code, output } = await finding("--case", "A");
  expect(code).toBe(0);
  expect(output).toMatch(/^id +stored +due +channel +type +case +borrower +status +why\n/);
  expect(output).toMatch(/ email +1@1 +A +BO-1 +failed +Refused\n/);
  expect(output).toMatch(/\n2 interactions\. `tidings explain ID` explains one\.$/);
  expect(output).not.toContain("pat@example.com");
});

test("a list that is longer than its limit shows that there is more", async () => {
  const { output } = await finding("--limit", "2");
  expect(output).toMatch(/\nThe newest 2 interactions; there are more\. --limit N lists more/);
  expect(await documentOf("--limit", "2")).toMatchObject({ more: true });
  expect(await documentOf("--limit", "5")).toMatchObject({ more: false });
});

test("no match has a separate exit code", async () => {
  expect(await finding("--case", "nowhere")).toEqual({
    code: 3,
    output: "No interaction matches.",
  });
});

test.each([
  [
    ["--status", "sent"],
    '--status must be one of scheduled, inProgress, attempted, succeeded, failed, canceled, not "sent". Did you mean attempted?',
  ],
  [["--channel", "sms"], "--channel must be one of"],
  [["--type", "x"], "--type must be a whole number from 1 to 2147483647"],
  [["--since", "yesterday"], "--since must be a date, a moment such as"],
  [["--until", "2031-02-30"], "--until must be a date"],
  [["--due-until", "2031-13-01"], "--due-until must be a date"],
  [["--limit", "0"], "--limit must be a whole number from 1 to 100000"],
])("%j is refused", async (words, sentence) => {
  await expect(finding(...words)).rejects.toMatchObject({
    code: "ARGUMENTS_INVALID",
    message: expect.stringContaining(sentence),
  });
});
