import { globSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";

// docs/glossary.md has the words to use instead
const AVOIDED =
  /\b(?:mend(?:s|ed|ing)?|afresh|anew|beside|whoever|nobody|lies|bears?|dawdles?|told|tells?|in vain|for ever|of (?:its|their) own|goes on|left alone)\b/giu;

const COMMENT = {
  ts: /\/\*[\s\S]*?\*\/|(?<=^|\s)\/\/.*$/gmu,
  sql: /(?<=^|\s)--.*$/gmu,
};
const TITLE = /\b(?:test|describe)(?:\.\w+)?\(\s*(?:"[^"]*"|`[^`]*`)/gu;

/** Returns the text of a file for people, on one line: its comments and test titles, or the whole document. */
function proseOf(file: string): string {
  const text = readFileSync(file, "utf8");
  const passages = file.endsWith(".ts")
    ? [...(text.match(COMMENT.ts) ?? []), ...(text.match(TITLE) ?? [])]
    : file.endsWith(".sql")
      ? (text.match(COMMENT.sql) ?? [])
      : [text];
  return passages.join(" ").replaceAll(/\s+(?:\*|--|\/\/)?\s*/gu, " ");
}

const FILES = ["*.md", ".env.example", "docs/*.md", "{src,tasks,test}/**/*.ts", "migrations/*.sql"];
const EXCLUDED = ["**/node_modules/**", "test/house/plain-words.test.ts"];

test("comments, test titles and documents use plain words", () => {
  const found = globSync(FILES, { exclude: EXCLUDED }).flatMap((file) =>
    (proseOf(file).match(AVOIDED) ?? []).map((word) => `${file}: ${word}`),
  );
  expect(found).toEqual([]);
});

/** A sentence of a comment that is a clause in the form of a question, such as "What a claim writes." */
const CLAUSE = /(?:^|[.!?:] )(?:What|Whatever|Whoever|Whether|How|Which|Who|Whose|Why|Nobody)\b/gu;
const SOURCES = ["{src,tasks,test}/**/*.ts", "migrations/*.sql"];
const NOT_SOURCES = [...EXCLUDED, "test/bench/**"];

/** Returns the comments of a file, each on one line and without its marks. */
function commentsOf(file: string): string[] {
  const comments = readFileSync(file, "utf8").match(COMMENT[file.endsWith(".ts") ? "ts" : "sql"]);
  return (comments ?? []).map((comment) =>
    comment
      .replaceAll(/^\s*(?:\/\*\*?|\*\/|\*|\/\/|--)\s*/gmu, "")
      .replaceAll(/\s+/gu, " ")
      .trim(),
  );
}

test("a comment states a thing or an action, and not a question", () => {
  const found = globSync(SOURCES, { exclude: NOT_SOURCES }).flatMap((file) =>
    commentsOf(file)
      .filter((comment) => comment.search(CLAUSE) !== -1)
      .map((comment) => `${file}: ${comment.slice(0, 80)}`),
  );
  expect(found).toEqual([]);
});
