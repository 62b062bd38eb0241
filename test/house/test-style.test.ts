import { globSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";

const TESTS = globSync("test/**/*.test.ts").filter((file) => !file.startsWith("test/house/"));

const linesWith = (pattern: RegExp, except: readonly string[] = []): string[] =>
  TESTS.filter((file) => !except.includes(file)).flatMap((file) =>
    readFileSync(file, "utf8")
      .split("\n")
      .flatMap((line, place) =>
        pattern.test(line) ? [`${file}:${place + 1} ${line.trim()}`] : [],
      ),
  );

test("a test waits for an event and never for a fixed time", () =>
  expect(linesWith(/node:timers\/promises|pg_sleep\(0?\.\d/)).toEqual([]));

test("a test does not measure how long something takes", () =>
  expect(linesWith(/performance\.now\(|durationMs\)\.toBeLessThan/)).toEqual([]));

test("vitest.config.ts alone limits how long a test, a hook or a poll may take", () =>
  expect(linesWith(/\{ (?:timeout|interval): \d|^\s*\}, \d[\d_]{3,}\);$/)).toEqual([]));

/** They check what the database answers to a statement as others write it. */
const OF_STATEMENTS = [
  "test/store/deliver/interactions.test.ts",
  "test/store/deliver/redirects.test.ts",
  "test/store/resolve/sql-interface.test.ts",
  "test/store/rights/forgery.test.ts",
  "test/store/rights/roles.test.ts",
];

test("interactions come from test/interactions.ts", () =>
  expect(linesWith(/insert into tidings\.interactions/i, OF_STATEMENTS)).toEqual([]));
