import { existsSync, globSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { COMMAND_NAMES } from "../../src/commands/catalog.ts";
import { readConfig } from "../../src/config.ts";
import { SETTINGS } from "../../src/settings/environment.ts";
import { SECRETS } from "../../src/settings/secrets.ts";
import { poolSizeOf } from "../../src/daemon.ts";
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
import { HTTP_CONNECTIONS } from "../../src/http-service.ts";
import { OBSERVER_CONNECTIONS } from "../../src/observing.ts";

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

test.each(["docs/deploy.md", ".env.example"])(
  "%s names every secret that may come from a file",
  (path) => {
    const sentence =
      /(?<=^|\n)(?:# )?`?DATABASE_URL`?, [\s\S]*? come\s/u.exec(read(path))?.[0] ?? "";
    expect(sentence.match(/[A-Z_]{4,}/gu)).toEqual(SECRETS);
  },
);

test.each(["docs/operations.md", "docs/deploy.md"])(
  "%s states how many connections a daemon uses",
  (path) => {
    const stated = /`CONCURRENCY` × 2 \+ (\d+)[^.]*? (\d+) more/u.exec(read(path)) ?? [];
    const http = Object.values(HTTP_CONNECTIONS).reduce((sum, one) => sum + one, 0);
    expect(stated.slice(1).map(Number)).toEqual([poolSizeOf(0) + OBSERVER_CONNECTIONS, http]);
  },
);

/** These commands use no database, or are run by its owner. */
const OF_NO_ROLE = ["demo", "health", "help", "judge", "migrate", "openapi", "roles", "version"];

test("docs/roles.md names the role of every command", () => {
  const [, table = ""] = /^\| role \|([\s\S]*?)\n\n/mu.exec(read("docs/roles.md")) ?? [];
  const named = new Set(
    [...table.matchAll(/`(?:tidings )?([\w-]+)(?: \w+)?`/gu)].map(([, name]) => name),
  );
  const missing = COMMAND_NAMES.filter((name) => !named.has(name));
  expect(missing.toSorted()).toEqual(OF_NO_ROLE);
});

test("docs/statuses.md draws the moves that the database permits", () => {
  const drawn = inTable(read("docs/statuses.md"), /^ {2}(\w+ --> \w+): /gm);
  const sql = read("migrations/0006_interactions.sql");
  const [rule = ""] = /function tidings\.status_may_move[\s\S]*?;/u.exec(sql) ?? [];
  const permitted = [...rule.matchAll(/\('(\w+)', '(\w+)'\)/gu)].map(
    ([, from, to]) => `${from} --> ${to}`,
  );
  expect(drawn).toEqual(permitted.toSorted());
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

test.each(DOCUMENTS)("%s has only whole tables", (document) => {
  const lines = read(document)
    .replaceAll(/^```[\s\S]*?^```/gmu, "")
    .split("\n");
  const torn = lines.filter(
    (line, place) =>
      line.startsWith("|") &&
      lines[place - 1]?.startsWith("|") !== true &&
      !/^(?:\| -+ )+\|$/u.test(lines[place + 1] ?? ""),
  );
  expect(torn).toEqual([]);
});

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
