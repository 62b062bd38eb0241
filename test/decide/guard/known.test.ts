import { describe, expect, test } from "vitest";
import { type Json, type JsonObject, judgeRow, mergePatch, type Row, TABLE } from "./question.ts";
import { RULE_ROWS } from "./rows/all.ts";

const LATER = "2099-01-01T00:00:00Z";
const INSTANT = /^\d{4}-\d{2}-\d{2}T.*Z$/;
/** A future end date is known now. */
const ENDS = new Set(["until", "scheduledAtTo"]);
/** Without this member its object has no meaning. */
const REQUIRED = new Set([
  "knownSince",
  "checkedAt",
  "filedAt",
  "receivedAt",
  "originalCreditorRequestedAt",
  "at",
  "givenAt",
  "from",
]);

type Path = readonly (string | number)[];

function instantsIn(value: Json, path: Path = []): Path[] {
  if (typeof value === "string") return INSTANT.test(value) ? [path] : [];
  if (Array.isArray(value))
    // the items of a long list are alike
    return value.slice(0, 4).flatMap((item: Json, index) => instantsIn(item, [...path, index]));
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([name, item]) =>
    ENDS.has(name) ? [] : instantsIn(item, [...path, name]),
  );
}

/** Returns the value with the member at the path changed; undefined removes it. */
function changed(value: Json, [step, ...rest]: Path, to: Json | undefined): Json {
  const inner = (value as Record<string | number, Json>)[step ?? ""] ?? null;
  const next = rest.length === 0 ? to : changed(inner, rest, to);
  if (Array.isArray(value))
    return value.flatMap((item: Json, index) =>
      index === step ? (next === undefined ? [] : [next]) : [item],
    );
  const { [String(step)]: _, ...others } = value as JsonObject;
  return next === undefined ? others : { ...others, [String(step)]: next };
}

/** The path to the member, item or object that is unknown when the instant at a path is in the future. */
function unknownPart(path: Path): Path {
  const name = path.at(-1);
  if (typeof name !== "string" || !REQUIRED.has(name)) return path;
  // the date of a case is in its fields
  return path[0] === "cases" ? path.slice(0, 2) : path.slice(0, -1);
}

const rows: readonly Row[] = [
  ...TABLE.rows,
  ...Object.entries(RULE_ROWS).flatMap(([id, list]) =>
    list.map((row) => ({
      id,
      title: row.title,
      given: row.given,
      expected: { outcome: row.says },
    })),
  ),
];

const isReserved = (facts: Json, path: Path): boolean => {
  if (path[0] !== "history") return false;
  const item = (facts as { history: readonly { status: string }[] }).history[Number(path[1])];
  return item?.status === "scheduled" || item?.status === "inProgress";
};

/** The dates of the baseline need to be moved once only. */
const dated = [
  { id: "baseline", title: "as it is", given: { facts: TABLE.baseline["facts"] ?? {} } },
  ...rows,
].filter(({ given }) => instantsIn(given["facts"] ?? {}).length > 0);

describe("an instant later than now is not yet known", () => {
  test.each(dated)("$id: $title", ({ given }) => {
    const { now, facts } = mergePatch(TABLE.baseline, given) as { now: string; facts: JsonObject };
    const paths = instantsIn(given["facts"] ?? {});
    for (const path of paths.filter((each) => !isReserved(facts, each))) {
      const later = judgeRow({ now, facts: replaced(changed(facts, path, LATER)) });
      const absent = judgeRow({
        now,
        facts: replaced(changed(facts, unknownPart(path), undefined)),
      });
      expect(later.verdict, path.join(".")).toEqual(absent.verdict);
    }
  });
});

/** Whole facts as a patch on the baseline: members that they do not have are removed from it. */
function replaced(facts: Json): JsonObject {
  const removed = (before: Json, after: Json): Json => {
    if (typeof before !== "object" || before === null || Array.isArray(before)) return after;
    if (typeof after !== "object" || after === null || Array.isArray(after)) return after;
    const gone = Object.keys(before).filter((name) => !(name in after));
    return {
      ...Object.fromEntries(
        Object.entries(after).map(([name, value]) => [
          name,
          removed((before as JsonObject)[name] ?? null, value),
        ]),
      ),
      ...Object.fromEntries(gone.map((name) => [name, null])),
    };
  };
  return removed(TABLE.baseline["facts"] ?? {}, facts) as JsonObject;
}
