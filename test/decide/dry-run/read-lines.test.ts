import { describe, expect, test } from "vitest";
import { findUnknown, readLines } from "../../../src/decide/dry-run/read-lines.ts";

const LINE = {
  case_id: "CS-1",
  case_type_id: "bankruptcy",
  borrower_id: "BO-1",
  status: "initiated",
};
const write = (line: unknown): string => JSON.stringify(line);

describe("a line that can be taken in", () => {
  test("names the four columns that have no default", () => {
    expect(readLines(write(LINE))).toEqual({
      lines: [
        {
          line: 1,
          change: {
            ...LINE,
            external_id: null,
            loan_ids: [],
            outcome: null,
            fields: {},
            fires: true,
            supercase_bulk_operation_id: null,
          },
        },
      ],
      faults: [],
    });
  });

  test("may be a row exported from the table, with microseconds and columns that are not looked at", () => {
    const exported = {
      ...LINE,
      id: 12,
      external_id: "evt-1",
      loan_ids: ["LN-1", "LN-2"],
      outcome: "approved",
      fields: { chapter: 7, list: [1, null] },
      changed_at: "2031-03-03T15:00:00.123456+00:00",
      fires: false,
      supercase_bulk_operation_id: "BULK-1",
      received_at: "2031-03-03T15:00:01+00:00",
    };
    const { lines, faults } = readLines(write(exported));
    expect(faults).toEqual([]);
    expect(lines[0]?.change).toMatchObject({
      external_id: "evt-1",
      loan_ids: ["LN-1", "LN-2"],
      fields: { chapter: 7, list: [1, null] },
      changed_at: new Date("2031-03-03T15:00:00.123Z"),
      fires: false,
      supercase_bulk_operation_id: "BULK-1",
    });
  });

  test("keeps its number among blank lines, carriage returns and a byte order mark", () => {
    const text = `\uFEFF${write(LINE)}\r\n\r\n  \n${write({ ...LINE, case_id: "CS-4" })}\r\n`;
    const { lines, faults } = readLines(text);
    expect(faults).toEqual([]);
    expect(lines.map(({ line, change }) => [line, change.case_id])).toEqual([
      [1, "CS-1"],
      [4, "CS-4"],
    ]);
  });
});

describe("a line that cannot says what is wrong and repeats nothing of it", () => {
  test.each([
    ["no JSON", "{'name': 'Pat Example'}", ["it is not JSON"]],
    ["a list", "[]", ["it must be an object"]],
    ["null", "null", ["it must be an object"]],
    [
      "nothing in it",
      "{}",
      [
        "case_id is missing",
        "case_type_id is missing",
        "borrower_id is missing",
        "status is missing",
      ],
    ],
    ["a number for an id", write({ ...LINE, case_id: 7 }), ["case_id must be text"]],
    ["an empty id", write({ ...LINE, borrower_id: "" }), ["borrower_id must not be empty"]],
    [
      "text that Postgres cannot store",
      write({ ...LINE, case_id: "a\0", borrower_id: "\uD800" }),
      [
        "case_id must be text that Postgres can hold",
        "borrower_id must be text that Postgres can hold",
      ],
    ],
    [
      "an unknown status",
      write({ ...LINE, status: "Pat Example" }),
      ["status must be one of initiated, processing, completed, canceled, reopened"],
    ],
    [
      "an unknown outcome",
      write({ ...LINE, outcome: "maybe" }),
      ["outcome must be null or one of approved, denied, falsePositive, noOutcome"],
    ],
    ["fields that are no object", write({ ...LINE, fields: [] }), ["fields must be an object"]],
    [
      "loans as Postgres writes them",
      write({ ...LINE, loan_ids: "{LN-1}" }),
      ["loan_ids must be a list of texts"],
    ],
    [
      "a loan that is no text",
      write({ ...LINE, loan_ids: ["LN-1", 2] }),
      ["loan_ids.1 must be text"],
    ],
    [
      "a time without its offset",
      write({ ...LINE, changed_at: "2031-03-03T10:00:00" }),
      ["changed_at must be a date and time with its offset, such as 2031-03-03T10:00:00-05:00"],
    ],
    [
      "a day that does not exist",
      write({ ...LINE, changed_at: "2031-02-30T10:00:00Z" }),
      ["changed_at must be a date and time with its offset, such as 2031-03-03T10:00:00-05:00"],
    ],
    ["a word for fires", write({ ...LINE, fires: "no" }), ["fires must be true or false"]],
    [
      "keys that are no columns",
      write({ ...LINE, caseId: "CS-1", note: "x" }),
      ["caseId, note is no column of case_changes"],
    ],
  ])("%s", (_title, text, message) => {
    expect(readLines(text)).toEqual({
      lines: [],
      faults: message.map((each) => ({ line: 1, message: each })),
    });
  });

  test("every bad line is reported, and the good ones are kept", () => {
    const { lines, faults } = readLines(["x", write(LINE), "y"].join("\n"));
    expect(lines.map(({ line }) => line)).toEqual([2]);
    expect(faults.map(({ line }) => line)).toEqual([1, 3]);
  });
});

test("references that the table would refuse are reported by line", () => {
  const { lines } = readLines(
    [
      { ...LINE, loan_ids: ["LN-1"] },
      { ...LINE, case_type_id: "unheardOf", borrower_id: "BO-9", loan_ids: ["LN-1", "LN-9"] },
    ]
      .map(write)
      .join("\n"),
  );
  const references = {
    caseTypeIds: new Set(["bankruptcy"]),
    borrowerIds: new Set(["BO-1"]),
    loanIds: new Set(["LN-1"]),
    externalIds: new Set<string>(),
  };
  expect(findUnknown(lines, references)).toEqual([
    { line: 2, message: "case_type_id unheardOf is not in tidings.case_types" },
    { line: 2, message: "borrower_id BO-9 is not in tidings.borrowers" },
    { line: 2, message: "loan_ids: LN-9 is not in tidings.loans" },
  ]);
});
