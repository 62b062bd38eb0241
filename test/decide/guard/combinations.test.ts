import * as fc from "fast-check";
import { expect, test } from "vitest";
import { RULES } from "../../../src/decide/guard/catalogue.ts";
import { judgeFacts } from "../../../src/decide/guard/judge.ts";
import { builtInPolicy } from "../../../src/decide/guard/policy/policy.ts";
import { readQuestion } from "../../../src/domain/guard/facts.ts";
import { VERDICT_OUTCOMES } from "../../../src/domain/vocabulary.ts";
import { type JsonObject, mergePatch, TABLE } from "./question.ts";
import { RULE_ROWS } from "./rows/all.ts";

const PATCHES: readonly JsonObject[] = [
  ...TABLE.rows.map(({ given }) => given),
  ...Object.values(RULE_ROWS).flatMap((rows) => rows.map(({ given }) => given)),
];

/** Fact sheets that hold what two or three rows have. */
const anyQuestion = fc
  .array(fc.constantFrom(...PATCHES), { minLength: 2, maxLength: 3 })
  .map((patches) => readQuestion(patches.reduce(mergePatch, TABLE.baseline)))
  .filter((read) => read.kind === "question");

const rank = (outcome: (typeof VERDICT_OUTCOMES)[number]): number =>
  VERDICT_OUTCOMES.indexOf(outcome);
const numberOf = new Map(RULES.map(({ id }, index) => [id, index]));

test("of any combination, the strictest rule with the lowest number decides", () => {
  fc.assert(
    fc.property(anyQuestion, ({ facts, now }) => {
      const { verdict, rules } = judgeFacts(facts, builtInPolicy(), now);
      const strictest = Math.max(...rules.map(({ outcome }) => rank(outcome)));
      const winners = rules.filter(({ outcome }) => rank(outcome) === strictest);
      const longest = winners.toSorted((one, other) => (other.until ?? 0) - (one.until ?? 0))[0];
      if (verdict.ruleId !== "cg.stale") expect(rank(verdict.outcome)).toBe(strictest);
      if (verdict.outcome !== "allow" && verdict.ruleId !== "cg.stale")
        expect(verdict.ruleId).toBe(longest?.ruleId);
      const numbers = verdict.log.map(({ ruleId }) => numberOf.get(ruleId) ?? 0);
      expect(numbers).toEqual(numbers.toSorted((one, other) => one - other));
    }),
    { numRuns: 500 },
  );
});

test("a wait ends where the message is let out, or stopped for another reason", () => {
  fc.assert(
    fc.property(anyQuestion, ({ facts, now }) => {
      const { verdict } = judgeFacts(facts, builtInPolicy(), now);
      if (verdict.outcome !== "wait") return;
      expect(verdict.until).toBeGreaterThan(now);
      const then = judgeFacts(facts, builtInPolicy(), verdict.until ?? now).verdict;
      // facts dated in between are known then, so it may have to wait once more, but never for the past
      expect(then.outcome === "wait" ? then.until : Number.POSITIVE_INFINITY).toBeGreaterThan(
        verdict.until ?? now,
      );
    }),
    { numRuns: 300 },
  );
});

test("the same question has the same answer, and the facts stay as they are", () => {
  fc.assert(
    fc.property(anyQuestion, ({ facts, now }) => {
      const before = structuredClone(facts);
      const first = judgeFacts(facts, builtInPolicy(), now);
      expect(judgeFacts(structuredClone(facts), builtInPolicy(), now)).toEqual(first);
      expect(facts).toEqual(before);
    }),
    { numRuns: 200 },
  );
});

test("every verdict that stops has a label and a sentence", () => {
  fc.assert(
    fc.property(anyQuestion, ({ facts, now }) => {
      const { verdict } = judgeFacts(facts, builtInPolicy(), now);
      expect(verdict.outcome === "allow" || (verdict.short ?? "") !== "").toBe(true);
      expect(verdict.outcome === "allow" || (verdict.long ?? "").endsWith(".")).toBe(true);
    }),
    { numRuns: 500 },
  );
});
