import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { judgeFacts } from "../../../src/decide/guard/judge.ts";
import { builtInPolicy, policyWith } from "../../../src/decide/guard/policy/policy.ts";
import { surplusOf } from "../../../src/decide/guard/surplus.ts";
import type { Facts, HistoryItem } from "../../../src/domain/guard/facts.ts";
import { readPolicyChanges } from "../../../src/domain/guard/policy.ts";
import { questionOf, TABLE } from "./question.ts";

const DAY_MS = 86_400_000;

/** Many messages of few kinds, so that most of them are surplus. */
const messagesTo = (facts: Facts, now: number): fc.Arbitrary<HistoryItem[]> =>
  fc
    .array(
      fc.record({
        channel: fc.constantFrom("email", "text"),
        direction: fc.constantFrom(...Array(9).fill("outbound"), "inbound"),
        at: fc.integer({ min: -20 * DAY_MS, max: DAY_MS / 4 }).map((after) => now + after),
        status: fc.constantFrom("succeeded", "succeeded", "failed", "scheduled"),
        contactId: fc.constantFrom(...Object.keys(facts.contacts)),
        loanIds: fc.constant(facts.message.loanIds),
        theme: fc.constantFrom("opsCollDebt", "marketing"),
        kind: fc.constantFrom(...Array(9).fill("ordinary"), "consentRequest"),
        isPrerecorded: fc.constant(false),
      }),
      { minLength: 200, maxLength: 300 },
    )
    .map((items) =>
      items.map((item, index) => ({ ...item, id: `H-${index}` }) as unknown as HistoryItem),
    );

const read = readPolicyChanges({
  entries: [
    {
      id: "test.cap",
      ruleId: "freq.state",
      rule: "cap",
      jurisdiction: "US",
      value: { max: 9, days: 3, channels: ["email", "text"], per: "person" },
      binds: ["creditor", "debtCollector"],
      source: "test",
      certainty: "policy",
      from: null,
      until: null,
    },
  ],
});
const STRICT = read.kind === "changes" ? policyWith(read.changes) : builtInPolicy();

let left = 0;

describe("a judgement without the surplus of its history is the same", () => {
  test.each(TABLE.rows.map(({ id, given }) => [id, given] as const))("row %s", (_, given) => {
    const { facts, now } = questionOf(given);
    fc.assert(
      fc.property(
        messagesTo(facts, now),
        fc.constantFrom(builtInPolicy(), STRICT),
        (more, policy) => {
          const whole = { ...facts, history: [...facts.history, ...more] };
          const surplus = surplusOf(whole, policy, now);
          left += surplus.size;
          const history = whole.history.filter((item) => !surplus.has(item));
          const { verdict } = judgeFacts({ ...whole, history }, policy, now);
          expect(verdict).toEqual(judgeFacts(whole, policy, now).verdict);
        },
      ),
      { numRuns: 4 },
    );
  });
});

test("the policy of this test can be read", () => expect(read.kind).toBe("changes"));

test("many of the messages were surplus", () => expect(left).toBeGreaterThan(1_000));

test("a short history has no surplus", () => {
  const { facts, now } = questionOf({});
  expect(surplusOf(facts, builtInPolicy(), now).size).toBe(0);
});
