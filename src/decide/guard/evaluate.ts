import type { Stricter } from "../../domain/guard/policy.ts";
import type { RuleId } from "../../domain/guard/rule-ids.ts";
import type { LogEntry, RuleOutcome } from "../../domain/guard/verdict.ts";
import type { VerdictOutcome } from "../../domain/vocabulary.ts";
import { RULES } from "./catalogue.ts";
import { type Decision, hold, type Rule } from "./rules/rule.ts";
import type { UnreadableChange } from "./policy/policy.ts";
import { isCollection } from "./scene/content-class.ts";
import type { Scene } from "./scene/scene.ts";

export type DecidingRule = Rule & Required<Pick<Rule, "decide">>;

/** The rules that decide. */
const DECIDING = RULES.filter((rule): rule is DecidingRule => rule.decide !== undefined);
const LIFTING = RULES.filter(({ lifts }) => lifts !== undefined);
const OPENING = RULES.filter(({ opens }) => opens !== undefined);

/** A rule with its decision. */
export interface Result {
  readonly rule: DecidingRule;
  readonly decision: Decision;
}

/** The results of all rules for a scene. */
export interface Evaluation {
  /** In the order of the rules' numbers. */
  readonly results: readonly Result[];
  /** The rules whose results an exception lifted, each with the exception. */
  readonly lifted: ReadonlyMap<RuleId, RuleId>;
  /** The exceptions that applied, between rules or inside one. */
  readonly exceptions: ReadonlySet<RuleId>;
}

/** Evaluates all rules, whatever the first results are. Rules that are switched off neither decide nor lift. */
export function evaluate(scene: Scene, rules: readonly DecidingRule[] = DECIDING): Evaluation {
  const { off, stricter } = scene.policy;
  const active = LIFTING.filter(({ id, holds }) => !off.has(id) && holds?.(scene) === true);
  const lifted = new Map<RuleId, RuleId>();
  const results: Result[] = [];
  for (const rule of rules) {
    const decision = off.has(rule.id) ? undefined : (unreadable(scene, rule) ?? rule.decide(scene));
    if (decision === undefined) continue;
    const exception = active.find(({ lifts }) => lifts?.includes(rule.id) === true);
    if (exception === undefined || decision.outcome === "allow")
      results.push({
        rule,
        decision: asReleased(scene, rule, atLeast(decision, stricter.get(rule.id))),
      });
    else lifted.set(rule.id, exception.id);
  }
  return { results, lifted, exceptions: exceptionsOf(scene, lifted) };
}

/** The rule that holds a message for the entries of a rule that only counts or sets what applies. */
const HOLDS_FOR: Readonly<Partial<Record<RuleId, RuleId>>> = {
  "freq.consentexcl": "freq.7in7",
  "state.scope": "time.window",
};

/** Holds a message for which a rule needs an entry that cannot be read. A refusal of the rule itself is stricter. */
function unreadable(scene: Scene, rule: DecidingRule): Decision | undefined {
  const change = scene.policy.unreadable.find(
    (one) => (HOLDS_FOR[one.ruleId] ?? one.ruleId) === rule.id && mayNeed(scene, rule, one),
  );
  if (change === undefined || rule.decide(scene)?.outcome === "refuse") return undefined;
  const faults = change.errors.map(({ field, message }) => `${field} ${message}`);
  return hold(
    [`policy.${change.version}`],
    `Change ${change.version} of the policy cannot be read (${faults.join("; ")}): correct it by another change, then release the message.`,
  );
}

function mayNeed(
  { message, classes }: Scene,
  rule: DecidingRule,
  { ruleId, channels }: UnreadableChange,
): boolean {
  if (rule.channels?.includes(message.channel) === false) return false;
  if (ruleId === "state.scope") return isCollection(classes);
  return channels === undefined || channels.includes(message.channel);
}

function exceptionsOf(scene: Scene, lifted: ReadonlyMap<RuleId, RuleId>): ReadonlySet<RuleId> {
  const opened = OPENING.filter(
    ({ id, opens }) => !scene.policy.off.has(id) && !lifted.has(id) && opens?.(scene) === true,
  );
  return new Set([...lifted.values(), ...opened.map(({ id }) => id)]);
}

const RANK: Readonly<Record<VerdictOutcome, number>> = {
  allow: 0,
  wait: 1,
  redirect: 2,
  hold: 3,
  refuse: 4,
};

/** Returns the decision, or a stricter one if the lender configured the rule to be stricter. */
function atLeast(decision: Decision, outcome: Stricter | undefined): Decision {
  if (outcome === undefined || decision.outcome === "allow") return decision;
  if (RANK[decision.outcome] >= RANK[outcome]) return decision;
  return { outcome, facts: decision.facts, long: decision.long };
}

/** A person has decided what the rule leaves to a person. Its other decisions stay. */
function asReleased({ policy }: Scene, { id }: DecidingRule, decision: Decision): Decision {
  const isReleased = decision.outcome === "hold" && policy.released?.has(id) === true;
  return isReleased ? { outcome: "allow", requires: [] } : decision;
}

/** A decision that stops the message now or permanently. */
export type Stop = Exclude<Decision, { outcome: "allow" }>;

/**
 * Returns the result that wins: the strictest. Among waits the longest wins, among equals the rule with the lowest
 * number. Undefined if every rule allows.
 */
export function winnerOf({ results }: Evaluation): (Result & { decision: Stop }) | undefined {
  let winner: (Result & { decision: Stop }) | undefined;
  for (const { rule, decision } of results)
    if (decision.outcome !== "allow" && beats(decision, winner?.decision))
      winner = { rule, decision };
  return winner;
}

function beats(one: Stop, other: Stop | undefined): boolean {
  if (other === undefined) return true;
  if (one.outcome === "wait" && other.outcome === "wait") return one.until > other.until;
  return RANK[one.outcome] > RANK[other.outcome];
}

/** Lists every result other than a plain allow, and the exceptions, in the order of the rules' numbers. */
export function logOf({ results, exceptions }: Evaluation): LogEntry[] {
  const byId = new Map(results.map(({ rule, decision }) => [rule.id, decision]));
  return RULES.filter(({ id }) => byId.has(id) || exceptions.has(id)).map(({ id }) => {
    const decision = byId.get(id);
    if (decision === undefined) return { ruleId: id, outcome: "allow" };
    const until = decision.outcome === "wait" ? { until: decision.until } : {};
    return { ruleId: id, outcome: decision.outcome, ...until };
  });
}

/** The entry of each rule that allows without a reason; shared by all judgements. */
const PLAIN: ReadonlyMap<RuleId, RuleOutcome> = new Map(
  DECIDING.map(({ id, inputs }) => [id, { ruleId: id, outcome: "allow", facts: inputs }]),
);

/** Lists the result of every rule that decides, with the facts it used. */
export function recordOf({ results, lifted }: Evaluation): RuleOutcome[] {
  const byId = new Map(results.map(({ rule, decision }) => [rule.id, decision]));
  return DECIDING.map(({ id, inputs }) => {
    const decision = byId.get(id);
    const exception = lifted.get(id);
    if (exception !== undefined)
      return { ruleId: id, outcome: "allow", facts: inputs, liftedBy: exception };
    if (decision === undefined)
      return PLAIN.get(id) ?? { ruleId: id, outcome: "allow", facts: inputs };
    if (decision.outcome === "allow") return { ruleId: id, outcome: "allow", facts: inputs };
    const until = decision.outcome === "wait" ? { until: decision.until } : {};
    return { ruleId: id, outcome: decision.outcome, facts: decision.facts, ...until };
  });
}
