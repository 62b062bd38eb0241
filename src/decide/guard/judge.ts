import type { Facts } from "../../domain/guard/facts.ts";
import { DAY_MS } from "../../domain/values/durations.ts";
import { type Instant, writeInstant } from "../../domain/guard/moments.ts";
import type { GuardVerdict, Judgement, Requirement } from "../../domain/guard/verdict.ts";
import { RULES, ruleOf } from "./catalogue.ts";
import {
  type Evaluation,
  evaluate,
  logOf,
  recordOf,
  type Result,
  type Stop,
  winnerOf,
} from "./evaluate.ts";
import type { Policy } from "./policy/policy.ts";
import { permissionLapses } from "./rules/time.ts";
import { openScene, parameterOf, type Scene, sceneAt } from "./scene/scene.ts";
import { SEARCH_MS } from "./scene/windows.ts";

/**
 * Judges one message at `now`, under a policy. Every rule is evaluated and the strictest result wins. A wait is judged
 * again at its end until it no longer changes; a wait that is too long is refused. The same arguments always give the
 * same judgement: no other data and no clock is read.
 */
export function judgeFacts(facts: Facts, policy: Policy, now: Instant): Judgement {
  const scene = openScene(facts, policy, now);
  const evaluation = evaluate(scene);
  return { verdict: verdictOf(scene, evaluation), rules: recordOf(evaluation) };
}

function verdictOf(scene: Scene, evaluation: Evaluation): GuardVerdict {
  const winner = winnerOf(evaluation);
  if (winner === undefined) return allowed(scene, evaluation);
  const { rule, decision } = winner;
  if (decision.outcome === "wait") return waited(scene, evaluation, rule.id, decision);
  return {
    outcome: decision.outcome,
    ruleId: rule.id,
    ...(decision.outcome === "redirect" && {
      requires: decision.requires ?? [],
      to: decision.to,
    }),
    short: rule.short,
    long: decision.long,
    log: logOf(evaluation),
  };
}

function allowed(scene: Scene, evaluation: Evaluation): GuardVerdict {
  const { results, lifted, exceptions } = evaluation;
  const exception = RULES.find(({ id }) => exceptions.has(id));
  const until = permissionLapses(scene, (id) => lifted.has(id) || scene.policy.off.has(id));
  return {
    outcome: "allow",
    ...(exception !== undefined && { ruleId: exception.id }),
    ...(until !== undefined && { until }),
    requires: requirementsOf(results),
    log: logOf(evaluation),
  };
}

function requirementsOf(results: readonly Result[]): Requirement[] {
  const all = results.flatMap(({ decision }) =>
    decision.outcome === "allow" ? decision.requires : [],
  );
  return [...new Set(all)];
}

type Wait = Extract<Stop, { outcome: "wait" }>;

function waited(
  scene: Scene,
  evaluation: Evaluation,
  ruleId: Result["rule"]["id"],
  wait: Wait,
): GuardVerdict {
  const log = logOf(evaluation);
  const until = settle(scene, wait.until);
  const late = lateness(scene, until);
  const { short } = ruleOf(ruleId);
  if (late === undefined) return { outcome: "wait", ruleId, until, short, long: wait.long, log };
  return {
    outcome: "refuse",
    ruleId: "cg.stale",
    short: ruleOf("cg.stale").short,
    long: `${late} Rule ${ruleId} closes it until then: decide whether the borrower must be informed in another way.`,
    log: [...log, { ruleId: "cg.stale", outcome: "refuse" }],
  };
}

/**
 * Extends the end of a wait until no rule needs more. Rules that would then decide more strictly than wait are judged
 * again at that time, on the facts of that time.
 */
function settle(scene: Scene, first: Instant): Instant {
  let until = first;
  while (lateness(scene, until) === undefined && until - scene.now <= SEARCH_MS) {
    const later = evaluate(sceneAt(scene, until));
    const waits = later.results.flatMap(({ decision }) =>
      decision.outcome === "wait" ? [decision.until] : [],
    );
    if (waits.length === 0) return until;
    until = Math.max(...waits);
  }
  return until;
}

/** Returns a sentence that states why an instant is too late; undefined if it is not. */
function lateness(scene: Scene, until: Instant): string | undefined {
  if (scene.policy.off.has("cg.stale")) return undefined;
  const { scheduledAtTo } = scene.message;
  if (scheduledAtTo !== undefined && until > scheduledAtTo)
    return `It had to leave by ${writeInstant(scheduledAtTo)}, and may not leave before ${writeInstant(until)}.`;
  const days = parameterOf(scene, "cg.stale", "withinDays")?.days;
  if (days === undefined || until - scene.now <= days * DAY_MS) return undefined;
  return `It may not leave within ${days} days.`;
}
