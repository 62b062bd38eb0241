import { expect, test } from "vitest";
import type { RuleId } from "../../../src/domain/guard/rule-ids.ts";
import { RULES } from "../../../src/decide/guard/catalogue.ts";
import { builtInPolicy } from "../../../src/decide/guard/policy/policy.ts";
import { openScene } from "../../../src/decide/guard/scene/scene.ts";
import { CHANNELS } from "../../../src/domain/vocabulary.ts";
import { fixedMembers, judgeRow, questionOf } from "./question.ts";
import { BOUNDARY_ROWS } from "./rows/boundaries.ts";
import { RULE_ROWS } from "./rows/all.ts";
import type { RuleRow } from "./rows/row.ts";

const ROWS = (Object.entries(RULE_ROWS) as [RuleId, readonly RuleRow[]][]).flatMap(
  ([ruleId, rows]) => rows.map((row) => ({ ruleId, ...row })),
);

test.each(BOUNDARY_ROWS)("at the edge: $title", ({ given, expected }) => {
  expect(fixedMembers(judgeRow(given), expected)).toEqual(expected);
});

const RESTRICTED = RULES.filter(({ channels }) => channels !== undefined);

test.each(RESTRICTED)("$id decides about no message of a channel that it does not name", (rule) => {
  for (const { given } of ROWS) {
    const { facts, now } = questionOf(given);
    for (const channel of CHANNELS.filter((one) => rule.channels?.includes(one) === false)) {
      const scene = openScene(
        { ...facts, message: { ...facts.message, channel } },
        builtInPolicy(),
        now,
      );
      expect(rule.decide?.(scene)).toBeUndefined();
    }
  }
});

/** A row that says nothing else of the verdict wants that of the rule. */
const expectedOf = (ruleId: RuleId, { says, verdict }: RuleRow) => ({
  outcome: says,
  ...(says === "allow" || verdict.outcome !== undefined ? {} : { ruleId }),
  ...verdict,
});

test.each(ROWS)("$ruleId says $says: $title", ({ ruleId, ...row }) => {
  const judgement = judgeRow(row.given);
  const own = judgement.rules.find((rule) => rule.ruleId === ruleId);
  const expected = expectedOf(ruleId, row);
  expect(fixedMembers(judgement, expected)).toEqual(expected);
  expect(own?.outcome ?? "allow").toBe(row.says);
  const waits = judgement.rules.filter(({ until }) => until !== undefined);
  expect(waits).toEqual(judgement.rules.filter(({ outcome }) => outcome === "wait"));
});
