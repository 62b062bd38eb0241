import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import * as vocabulary from "../../src/domain/vocabulary.ts";

const PAGE = readFileSync("docs/vocabulary.md", "utf8");
const SCHEMA = readFileSync("migrations/schema.txt", "utf8");

interface Section {
  readonly title: string;
  readonly text: string;
  readonly words: readonly string[];
}

const SECTIONS: readonly Section[] = PAGE.split(/^### /mu)
  .slice(1)
  .map((section) => {
    const [, title = "", text = "", table = ""] =
      /^(.+)\n\n([\s\S]*?)\n\n((?:\|.*\n)+)/u.exec(section) ?? [];
    return {
      title,
      text,
      words: [...table.matchAll(/^\| `(.+?)` \|/gmu)].map(([, word = ""]) => word),
    };
  });

/** The words of the one list that begins with a word and is not a domain: lenders add calendars. */
const calendars = /\['office'.*/u.exec(SCHEMA)?.[0] ?? "";

const LISTS: readonly (readonly [string, readonly string[]])[] = [
  ...Object.entries(vocabulary).filter(([name]) => name !== "SENDABLE_CHANNELS"),
  ["built-in calendars", [...calendars.matchAll(/'(\w+)'/gu)].map(([, word = ""]) => word)],
];

const inOrder = (words: readonly string[]): string => words.toSorted().join(" ");

test.each(LISTS)("docs/vocabulary.md has one table with the words of %s", (_name, words) => {
  expect(words).not.toEqual([]);
  expect(SECTIONS.filter((section) => inOrder(section.words) === inOrder(words))).toHaveLength(1);
});

test.each(SECTIONS)("docs/vocabulary.md, $title: is a closed list", ({ words }) => {
  expect(LISTS.map(([, known]) => inOrder(known))).toContain(inOrder(words));
});

/** The words that a column accepts, by its domain. */
function wordsOf(table: string, column: string): string {
  const columns =
    new RegExp(`^${table}\\n  columns\\n((?:    .*\\n)+)`, "mu").exec(SCHEMA)?.[1] ?? "";
  const domain = new RegExp(`^ +${column} tidings\\.(\\w+)`, "mu").exec(columns)?.[1] ?? "none";
  const list = new RegExp(`^${domain} text: .*?ARRAY\\[(.*?)\\]`, "mu").exec(SCHEMA)?.[1] ?? "";
  return inOrder([...list.matchAll(/'(\w+)'/gu)].map(([, word = ""]) => word));
}

/** Columns whose words are no domain. */
const OTHERS = new Set([
  "notification_types.on_condition",
  "notification_types.calendar",
  "tidings.calendars",
  "tidings.time_zones",
]);

test.each(SECTIONS)(
  "docs/vocabulary.md, $title: the columns accept its words",
  ({ text, words }) => {
    const columns = [...text.matchAll(/`((\w+)\.(\w+))`/gu)].filter(
      ([, name = ""]) => !OTHERS.has(name),
    );
    const accepted = columns.map(([, name, table = "", column = ""]) => [
      name,
      wordsOf(table, column),
    ]);
    expect(accepted).toEqual(columns.map(([, name]) => [name, inOrder(words)]));
  },
);
