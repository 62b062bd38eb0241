import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type DiffLine, diffLines } from "../../../src/template/folder/line-diff.ts";

const shown = (lines: readonly DiffLine[]): string[] =>
  lines.map(({ mark, text }) => (mark === "@" ? text : mark + text));

describe("a comparison", () => {
  test.each([
    ["of equal texts is empty", "a\nb\n", "a\nb\n", []],
    ["does not mind a line break at the end", "a\nb", "a\nb\n", []],
    ["of nothing with a text puts its lines in", "", "a\nb\n", ["@@ -1 +1 @@", "+a", "+b"]],
    ["of a text with nothing takes its lines out", "a\n", "", ["@@ -1 +1 @@", "-a"]],
    [
      "shows two lines around a change, and takes out before it puts in",
      "1\n2\n3\n4\n5\n6\n7\n",
      "1\n2\n3\nfour\n5\n6\n7\n",
      ["@@ -2 +2 @@", " 2", " 3", "-4", "+four", " 5", " 6"],
    ],
    [
      "leaves out what is far from any change",
      "a\n1\n2\n3\n4\n5\n6\nb\n",
      "A\n1\n2\n3\n4\n5\n6\nB\n",
      ["@@ -1 +1 @@", "-a", "+A", " 1", " 2", "@@ -6 +6 @@", " 5", " 6", "-b", "+B"],
    ],
    [
      "keeps changes that share their surroundings together",
      "a\n1\n2\n3\nb\n",
      "1\n2\n3\n",
      ["@@ -1 +1 @@", "-a", " 1", " 2", " 3", "-b"],
    ],
  ])("%s", (_title, before, after, expected) => {
    expect(shown(diffLines(before, after))).toEqual(expected);
  });
});

const text = fc
  .array(fc.constantFrom("a", "b", "c", "", "-", "@@"), { maxLength: 12 })
  .map((lines) => lines.map((line) => `${line}\n`).join(""));

/** Follows the places of the stretches, as `patch` does. */
function apply(before: string, diff: readonly DiffLine[]): string {
  const lines = before.split("\n").slice(0, -1);
  const made: string[] = [];
  let at = 0;
  for (const { mark, text: line } of diff) {
    if (mark === "@") {
      const [, from = "", to = ""] = /^@@ -(\d+) \+(\d+) @@$/.exec(line) ?? [];
      made.push(...lines.slice(at, Number(from) - 1));
      at = Number(from) - 1;
      expect(made.length).toBe(Number(to) - 1);
      continue;
    }
    if (mark !== "+") expect(lines[at]).toBe(line);
    if (mark !== "-") made.push(line);
    if (mark !== "+") at += 1;
  }
  return [...made, ...lines.slice(at)].map((line) => `${line}\n`).join("");
}

/** The textbook's recursion, which is too slow for a real template. */
function commonLength(one: readonly string[], other: readonly string[]): number {
  const [first, ...rest] = one;
  if (first === undefined) return 0;
  const found = other.indexOf(first);
  const without = commonLength(rest, other);
  return found < 0 ? without : Math.max(without, 1 + commonLength(rest, other.slice(found + 1)));
}

test("applied to the one text it makes the other, by the fewest lines there are", () => {
  fc.assert(
    fc.property(text, text, (before, after) => {
      const diff = diffLines(before, after);
      expect(apply(before, diff)).toBe(after);
      const [one, other] = [before.split("\n").slice(0, -1), after.split("\n").slice(0, -1)];
      const kept = commonLength(one, other);
      const changed = diff.filter(({ mark }) => mark === "-" || mark === "+");
      expect(changed.length).toBe(one.length + other.length - 2 * kept);
    }),
  );
});
