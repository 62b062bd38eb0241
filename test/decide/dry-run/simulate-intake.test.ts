import { describe, expect, test } from "vitest";
import { readLines } from "../../../src/decide/dry-run/read-lines.ts";
import { takeIn } from "../../../src/decide/dry-run/simulate-intake.ts";
import type { Arrival, Neighbors } from "../../../src/domain/dry-run/arrival.ts";

const NOW = new Date("2031-03-10T00:00:00Z");
const day = (n: number): string => `2031-03-0${n}T00:00:00Z`;

interface Line {
  readonly status: string;
  readonly on?: number;
  readonly case_id?: string;
  readonly external_id?: string;
  readonly fires?: boolean;
}

function arrive(
  lines: readonly Line[],
  around: ReadonlyMap<number, Neighbors> = new Map(),
  externalIds: readonly string[] = [],
): Arrival[] {
  const text = lines
    .map(({ on, ...line }) =>
      JSON.stringify({
        case_id: "CS-1",
        case_type_id: "bankruptcy",
        borrower_id: "BO-1",
        ...(on !== undefined && { changed_at: day(on) }),
        ...line,
      }),
    )
    .join("\n");
  const { lines: read, faults } = readLines(text);
  expect(faults).toEqual([]);
  return takeIn(read, { around, externalIds: new Set(externalIds) }, NOW);
}

const known = (status: "initiated" | "processing" | "completed", on: number) => ({
  status,
  outcome: null,
  fields: {},
  fires: true,
  changedAt: new Date(day(on)),
});

const told = (arrivals: readonly Arrival[]) =>
  arrivals.map(({ change, idle, caseNow, caseLater }) => ({
    status: change.status,
    before: change.before?.status ?? null,
    following: change.following?.status ?? null,
    idle,
    now: caseNow.status,
    later: caseLater.status,
  }));

describe("a line is placed between its neighbours in time", () => {
  test("the first change known of a case is a change from nothing, the next from the one before", () => {
    expect(
      told(
        arrive([
          { status: "initiated", on: 3 },
          { status: "processing", on: 4 },
        ]),
      ),
    ).toEqual([
      {
        status: "initiated",
        before: null,
        following: null,
        idle: null,
        now: "initiated",
        later: "processing",
      },
      {
        status: "processing",
        before: "initiated",
        following: null,
        idle: null,
        now: "processing",
        later: "processing",
      },
    ]);
  });

  test("a line that arrives late has its follower in time before it in the file, and does not move the case", () => {
    expect(
      told(
        arrive([
          { status: "initiated", on: 3 },
          { status: "completed", on: 5 },
          { status: "processing", on: 4 },
        ]),
      )[2],
    ).toEqual({
      status: "processing",
      before: "initiated",
      following: "completed",
      idle: null,
      now: "completed",
      later: "completed",
    });
  });

  test("of two at the same moment the later line comes after", () => {
    const [, second] = told(
      arrive([
        { status: "initiated", on: 3 },
        { status: "canceled", on: 3 },
      ]),
    );
    expect(second).toMatchObject({ before: "initiated", following: null, now: "canceled" });
  });

  test("lines of other cases are no neighbours", () => {
    const [, second] = told(
      arrive([
        { status: "initiated", on: 3 },
        { status: "processing", on: 4, case_id: "CS-2" },
      ]),
    );
    expect(second).toMatchObject({ before: null, following: null });
  });

  test("a line without a date is a change of now", () => {
    expect(arrive([{ status: "initiated" }])[0]?.change.changedAt).toEqual(NOW);
  });
});

describe("stored changes of the case count as arrived before the file", () => {
  const inDatabase = {
    before: known("initiated", 3),
    following: known("completed", 7),
    newest: known("completed", 7),
  };

  test("they are the neighbours of a line, and the case does not change", () => {
    expect(told(arrive([{ status: "processing", on: 5 }], new Map([[1, inDatabase]])))).toEqual([
      {
        status: "processing",
        before: "initiated",
        following: "completed",
        idle: null,
        now: "completed",
        later: "completed",
      },
    ]);
  });

  test("a line that is closer in time replaces them, on either side", () => {
    const [, , third] = told(
      arrive(
        [
          { status: "reopened", on: 4 },
          { status: "canceled", on: 6 },
          { status: "processing", on: 5 },
        ],
        new Map([1, 2, 3].map((line) => [line, inDatabase])),
      ),
    );
    expect(third).toMatchObject({ before: "reopened", following: "canceled", now: "completed" });
  });

  test("a line that is newer than the case moves it", () => {
    const around = { ...inDatabase, before: known("completed", 7), following: null };
    expect(told(arrive([{ status: "reopened", on: 8 }], new Map([[1, around]])))).toMatchObject([
      { before: "completed", following: null, now: "reopened", later: "reopened" },
    ]);
  });
});

describe("lines that set nothing in motion", () => {
  test("a line that only makes its case known is history for the lines after it", () => {
    const [first, second] = told(
      arrive([
        { status: "initiated", on: 3, fires: false },
        { status: "processing", on: 4 },
      ]),
    );
    expect(first).toMatchObject({ idle: "firesNothing", now: "initiated" });
    expect(second).toMatchObject({ idle: null, before: "initiated" });
  });

  test("one whose external_id is taken is no history: the table would refuse it", () => {
    const lines = [
      { status: "initiated", on: 3, external_id: "a" },
      { status: "completed", on: 4, external_id: "a" },
      { status: "canceled", on: 5, external_id: "b" },
      { status: "processing", on: 6 },
    ];
    expect(told(arrive(lines, new Map(), ["b"])).map(({ idle, before }) => [idle, before])).toEqual(
      [
        [null, null],
        ["repeats", "initiated"],
        ["repeats", "initiated"],
        [null, "initiated"],
      ],
    );
  });
});
