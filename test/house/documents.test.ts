import { existsSync, globSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { readConfig, SETTINGS } from "../../src/config.ts";
import { DELIVERY_RULES } from "../../src/domain/delivery-rules.ts";
import { EVENTS } from "../../src/domain/events.ts";
import { FAULTS } from "../../src/domain/fault.ts";
import { factSheetPage } from "../../src/commands/judge/fact-sheet-page.ts";
import { rulesMarkdown } from "../../src/commands/rules/list.ts";
import { builtInPolicy } from "../../src/decide/guard/policy/policy.ts";
import { RULE_IDS } from "../../src/domain/guard/rule-ids.ts";
import { REQUIREMENTS } from "../../src/domain/guard/verdict.ts";
import { DETAILS } from "../../src/domain/status-details.ts";
import { CHANNELS } from "../../src/domain/vocabulary.ts";

const read = (path: string): string => readFileSync(path, "utf8");
const inTable = (text: string, pattern: RegExp): string[] =>
  [...text.matchAll(pattern)].map((found) => found[1] ?? "").toSorted();

test(".env.example lists every setting, and no other", () => {
  expect(inTable(read(".env.example"), /^([A-Z_]+)=/gm)).toEqual(SETTINGS.toSorted());
});

test(".env.example shows the true defaults", () => {
  const shown = Object.fromEntries(
    [...read(".env.example").matchAll(/^([A-Z_]+)=(.*)$/gm)].map(([, name, value]) => [
      name,
      value,
    ]),
  );
  expect(readConfig(shown)).toEqual(readConfig({}));
});

const shownFields = (fields: Readonly<Record<string, { readonly form: string }>>): string =>
  Object.entries(fields)
    .map(([name, { form }]) => `\`${name}\` ${form}`)
    .join(", ");

test("docs/events.md lists every event with its level, meaning and fields, and no other", () => {
  const rows = inTable(read("docs/events.md"), /^(\| `[\w.]+` \|.*)$/gm);
  const expected = Object.entries(EVENTS).map(
    ([name, { level, meaning, fields }]) =>
      `| \`${name}\` | ${level} | ${meaning} | ${shownFields(fields)} |`,
  );
  expect(rows).toEqual(expected.toSorted());
});

test("docs/faults.md lists every fault with its sentence, and no other", () => {
  const rows = inTable(read("docs/faults.md"), /^(\| `[\w.]+` \|.*)$/gm);
  const expected = Object.entries(FAULTS).map(
    ([code, sentence]) => `| \`${code}\` | ${sentence} |`,
  );
  expect(rows).toEqual(expected.toSorted());
});

test("docs/statuses.md lists every rule of delivery and every word of the status details, and no other", () => {
  const rows = inTable(read("docs/statuses.md"), /^(\| `[\w.]+` \|.*)$/gm);
  const rules = Object.entries(DELIVERY_RULES).map(([id, meaning]) => `| \`${id}\` | ${meaning} |`);
  const words = Object.entries(DETAILS).map(([word, { channels, meaning }]) => {
    const shown = channels.length === CHANNELS.length ? "all" : channels.join(", ");
    return `| \`${word}\` | ${shown} | ${meaning} |`;
  });
  expect(rows).toEqual([...rules, ...words].toSorted());
});

test("docs/rules.md is what `tidings rules --markdown` prints", () => {
  expect(read("docs/rules.md")).toBe(`${rulesMarkdown(builtInPolicy())}\n`);
});

test("docs/fact-sheet.md is what `tidings judge --markdown` prints", () => {
  expect(read("docs/fact-sheet.md")).toBe(`${factSheetPage()}\n`);
});

test("docs/rules.md names every requirement and every rule", () => {
  const page = read("docs/rules.md");
  for (const name of [...REQUIREMENTS, ...RULE_IDS]) expect(page).toContain(`\`${name}\``);
});

const DOCUMENTS = globSync(["*.md", "docs/**/*.md", "templates/**/*.md"]);

/** The anchors of a document's headings, as GitHub makes them. */
const anchorsOf = (path: string): string[] =>
  [...read(path).matchAll(/^#+ (.+)$/gmu)].map(([, title = ""]) =>
    title
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, "")
      .replaceAll(" ", "-"),
  );

test.each(DOCUMENTS)("%s links only to headings that exist", (document) => {
  const links = [...read(document).matchAll(/\]\(([^)#\s]*)#([^)\s]+)\)/gu)].filter(
    ([, target = ""]) => !/^[a-z]+:/u.test(target),
  );
  const missing = links.filter(([, target = "", anchor = ""]) => {
    const path = target === "" ? document : join(dirname(document), target);
    return !anchorsOf(path).includes(anchor);
  });
  expect(missing.map(([link]) => link)).toEqual([]);
});

test.each(DOCUMENTS)("%s links only to files that exist", (document) => {
  const targets = [...read(document).matchAll(/\]\(([^)#\s]+)(?:#[^)]*)?\)/g)]
    .map((found) => found[1] ?? "")
    .filter((target) => !/^[a-z]+:/.test(target));
  const missing = targets.filter((target) => !existsSync(join(dirname(document), target)));
  expect(missing).toEqual([]);
});

test("decisions are numbered in order, each with its own title and a text", () => {
  const [, ...entries] = read("DECISIONS.md").split(/^## /m);
  const heads = entries.map((entry) => /^(\d+)\. (.+)\n\S/.exec(entry));
  expect(heads.map((head) => Number(head?.[1]))).toEqual(entries.map((_, place) => place + 1));
  expect(new Set(heads.map((head) => head?.[2])).size).toBe(entries.length);
});
