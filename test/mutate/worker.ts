import { registerHooks, stripTypeScriptTypes } from "node:module";
import { isDeepStrictEqual } from "node:util";
import { pathToFileURL } from "node:url";
import { parentPort } from "node:worker_threads";
import { builtInPolicy } from "../../src/decide/guard/policy/policy.ts";
import type { judgeFacts } from "../../src/decide/guard/judge.ts";
import type { RuleOutcome } from "../../src/domain/guard/verdict.ts";
import { fixedMembers, questionOf, TABLE } from "../decide/guard/question.ts";
import { RULE_ROWS } from "../decide/guard/rows/all.ts";
import { BOUNDARY_ROWS } from "../decide/guard/rows/boundaries.ts";
import { POLICY_ROWS } from "../decide/guard/rows/policies.ts";
import type { Mutant } from "./mutants.ts";

type Judge = typeof judgeFacts;

/** Rows are read once: the reading of facts is not mutated. */
const ROWS = [
  ...TABLE.rows.map(({ given, expected }) => ({
    ...questionOf(given),
    expected,
    rule: undefined,
    policy: undefined,
  })),
  ...BOUNDARY_ROWS.map(({ given, expected }) => ({
    ...questionOf(given),
    expected,
    rule: undefined,
    policy: undefined,
  })),
  ...POLICY_ROWS.map(({ given, expected, policy }) => ({
    ...questionOf(given),
    expected,
    rule: undefined,
    policy,
  })),
  ...Object.entries(RULE_ROWS).flatMap(([ruleId, rows]) =>
    rows.map(({ given, says, verdict }) => ({
      ...questionOf(given),
      expected: {
        outcome: says,
        ...(says === "allow" || verdict.outcome !== undefined ? {} : { ruleId }),
        ...verdict,
      },
      rule: { ruleId, says },
      policy: undefined,
    })),
  ),
];

const hasEndIfItWaits = ({ outcome, until }: RuleOutcome): boolean =>
  (outcome === "wait") === (until !== undefined);

/** True if every row still has its verdict. */
function passes(judge: Judge): boolean {
  const builtIn = builtInPolicy();
  return ROWS.every(({ facts, now, expected, rule, policy = builtIn }) => {
    const judgement = judge(facts, policy, now);
    const own = judgement.rules.find(({ ruleId }) => ruleId === rule?.ruleId)?.outcome ?? "allow";
    return (
      isDeepStrictEqual(fixedMembers(judgement, expected), expected) &&
      judgement.rules.every(hasEndIfItWaits) &&
      (rule === undefined || own === rule.says)
    );
  });
}

const JUDGE = pathToFileURL("src/decide/guard/judge.ts").href;
const GUARD = pathToFileURL("src/decide/guard/").href;
let mutated = { url: "", text: "" };
let round = 0;

// each round loads the guard again, from different URLs
registerHooks({
  resolve(specifier, context, next) {
    const found = next(specifier, context);
    const isGuard = found.url.startsWith(GUARD) && found.url.endsWith(".ts");
    return isGuard && context.parentURL?.includes("?round=") === true
      ? { ...found, url: `${found.url}?round=${round}` }
      : found;
  },
  load(url, context, next) {
    if (url !== `${mutated.url}?round=${round}`) return next(url, context);
    return { format: "module", source: stripTypeScriptTypes(mutated.text), shortCircuit: true };
  },
});

async function survives({ file, text }: Mutant): Promise<boolean> {
  round += 1;
  mutated = { url: pathToFileURL(file).href, text };
  try {
    const loaded = (await import(`${JUDGE}?round=${round}`)) as { judgeFacts: Judge };
    return passes(loaded.judgeFacts);
  } catch {
    return false;
  }
}

parentPort?.on("message", (mutant: Mutant) => {
  // a thread has no origin
  // oxlint-disable-next-line unicorn/require-post-message-target-origin
  void survives(mutant).then((survived) => parentPort?.postMessage(survived));
});
