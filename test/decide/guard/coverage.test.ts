import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { RULES, ruleOf } from "../../../src/decide/guard/catalogue.ts";
import { numberOf } from "../../../src/decide/guard/rules/rule.ts";
import { RULE_IDS } from "../../../src/domain/guard/rule-ids.ts";
import { RULE_ROWS } from "./rows/all.ts";

const here = (path: string): string => readFileSync(new URL(path, import.meta.url), "utf8");

/** Rules that compute values for others. They have separate tests, under the rule's id. */
const COMPUTING = new Set([
  "furnish.first",
  "content.validationdates",
  "delivery.undelivered",
  "record.retention",
]);

test.each(RULES.filter(({ decide }) => decide !== undefined))(
  "$id has at least one row for it and one against",
  ({ id }) => {
    const rows = RULE_ROWS[id] ?? [];
    // the judge, not the rule, refuses a wait of more than 14 days under this rule
    expect(rows.filter(({ says }) => says !== "allow").length).toBeGreaterThanOrEqual(1);
    expect(rows.filter(({ says }) => says === "allow").length).toBeGreaterThanOrEqual(1);
  },
);

test.each(RULES.filter(({ decide, id }) => decide === undefined && !COMPUTING.has(id)))(
  "$id has rows in which it makes a difference, and rows in which it does not",
  ({ id }) => {
    const outcomes = new Set((RULE_ROWS[id] ?? []).map(({ verdict }) => verdict.outcome));
    expect(outcomes.has("allow")).toBe(true);
    expect(outcomes.size).toBeGreaterThanOrEqual(2);
  },
);

test.each([...COMPUTING])("%s has a separate test", (id) => {
  expect(here("duties.test.ts")).toContain(`describe("${id}"`);
});

test("every rule has its own id and number", () => {
  expect(RULES.map(({ id }) => id)).toEqual([...RULE_IDS]);
  expect(RULE_IDS.map((id) => ruleOf(id).id)).toEqual([...RULE_IDS]);
  expect(RULES.map(({ id }) => numberOf(id))).toEqual(RULE_IDS.map((_, index) => index + 1));
});

test("every rule that decides says what stops a message", () => {
  for (const { short, statement, condition, citation, inputs } of RULES)
    for (const words of [short, statement, condition, citation, ...inputs])
      expect(words.trim()).not.toBe("");
});
