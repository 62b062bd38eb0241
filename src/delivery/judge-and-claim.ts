import { hash } from "node:crypto";
import { effectOf, type GuardEffect } from "../decide/deliver/guard-effect.ts";
import { guardQuestionOf } from "../decide/deliver/guard-question.ts";
import { type Judged, judgeBatch } from "../decide/deliver/judge-batch.ts";
import { policyNow, type PolicyInForce } from "../decide/guard/policy/in-force.ts";
import type { Deps } from "../deps.ts";
import type { ReadFacts } from "../domain/guard/facts.ts";
import type { GuardQuestion } from "../domain/guard/question.ts";
import type { RuleOutcome } from "../domain/guard/verdict.ts";
import type { InteractionId } from "../domain/ids.ts";
import type { Withheld } from "../domain/interaction.ts";
import { claimInteractions, withholdInteractions } from "../store/deliver/interactions.ts";
import { lockBorrowers } from "../store/guard/borrower-locks.ts";
import { loadGuardFacts } from "../store/guard/guard-facts.ts";
import { keepJudgements, type KeptJudgement } from "../store/guard/judgements.ts";
import { inPipeline } from "../store/postgres/pipeline.ts";
import { redirect, type Redirected, type ToClaim } from "./redirect.ts";

/** The result of a batch, once it is committed. */
export interface JudgedBatch {
  readonly claimedAt: Date;
  /** The ids that this worker has claimed. */
  readonly won: ReadonlySet<InteractionId>;
  /** The end of each permission that has one. */
  readonly lapses: ReadonlyMap<InteractionId, Date>;
  readonly withheld: readonly Withheld[];
  readonly redirected: readonly Redirected[];
}

/**
 * Judges a batch and claims what the guard allows, in one transaction under a lock per borrower: two daemons never both use the last
 * place of a limit. Every other decision of the guard is recorded in the same transaction.
 */
export async function judgeAndClaim(deps: Deps, batch: readonly ToClaim[]): Promise<JudgedBatch> {
  const questions = batch.map(({ ready }) => guardQuestionOf(ready, deps.lender));
  return await deps.db.transaction().execute(async (transaction) => {
    await lockBorrowers(
      transaction,
      questions.map(({ borrowerId }) => borrowerId),
    );
    // after the lock, which may have waited
    const at = deps.clock();
    const [read, facts] = await inPipeline(transaction, (pipeline) =>
      Promise.all([
        deps.readPolicy(pipeline),
        loadGuardFacts(pipeline, questions, { at, known: "now", country: deps.lender.country }),
      ]),
    );
    // After the facts: a fact that is dated after this time counts as not known yet.
    const now = deps.clock();
    const policy = policyNow(read, now);
    const judged = judge({ questions, facts, released: releasedIn(batch), policy, now });
    const effects = new Map(judged.map((one) => [one.interactionId, effectOf(one)]));
    const allowed = batch.filter(({ claim }) => effects.get(claim.interactionId)?.kind === "claim");
    const won = await claimInteractions(
      transaction,
      deps.workerId,
      allowed.map(({ claim }) => claim),
      now,
    );
    const redirecting = await redirect(deps, transaction, { batch, effects, now });
    const toWithhold = [...withheldOf(effects), ...redirecting.held];
    const withheld = await withholdInteractions(transaction, toWithhold);
    const gone = redirecting.redirected.map(({ interactionId }) => interactionId);
    const decided = new Set([...won, ...withheld, ...gone]);
    await keepJudgements(
      transaction,
      judged
        .filter(({ interactionId }) => decided.has(interactionId))
        .map((one) => recordOf(one, { policy, now })),
    );
    return {
      claimedAt: now,
      won,
      lapses: lapsesOf(effects),
      withheld: toWithhold.filter(({ interactionId }) => withheld.has(interactionId)),
      redirected: redirecting.redirected,
    };
  });
}

/** The released rules of those notices that have any. */
const releasedIn = (batch: readonly ToClaim[]): ReadonlyMap<InteractionId, ReadonlySet<string>> =>
  new Map(
    batch.flatMap(({ ready: { facts } }) =>
      facts.releasedRules === null
        ? []
        : [[facts.interactionId, new Set(facts.releasedRules)] as const],
    ),
  );

interface Case {
  readonly questions: readonly GuardQuestion[];
  readonly facts: ReadonlyMap<string, ReadFacts>;
  readonly released: ReadonlyMap<InteractionId, ReadonlySet<string>>;
  readonly policy: PolicyInForce;
  readonly now: Date;
}

function judge({ questions, facts, released, policy, now }: Case): Judged[] {
  const toJudge = questions.flatMap(({ key, interactionId, borrowerId }) => {
    const read = facts.get(key);
    if (read === undefined || interactionId === null) return [];
    const approved = released.get(interactionId);
    return [{ interactionId, borrowerId, read, ...(approved && { released: approved }) }];
  });
  return judgeBatch(toJudge, policy.policy, now.getTime());
}

const lapsesOf = (effects: ReadonlyMap<InteractionId, GuardEffect>): Map<InteractionId, Date> =>
  new Map(
    [...effects].flatMap(([id, effect]) =>
      effect.kind === "claim" && effect.lapsesAt !== null ? [[id, effect.lapsesAt] as const] : [],
    ),
  );

const withheldOf = (effects: ReadonlyMap<InteractionId, GuardEffect>): Withheld[] =>
  [...effects.values()].flatMap((effect) => (effect.kind === "withhold" ? [effect.withheld] : []));

interface Kept {
  readonly policy: PolicyInForce;
  readonly now: Date;
}

function recordOf(judged: Judged, { policy, now }: Kept): KeptJudgement {
  const { interactionId } = judged;
  const common = { interactionId, judgedAt: now, policyVersion: policy.version };
  if (judged.kind !== "judged") {
    const ruleId = judged.kind === "invalid" ? "facts.invalid" : "guard.failed";
    return { ...common, outcome: "hold", ruleId, until: null, factsSha256: null, rules: null };
  }
  const { verdict, rules } = judged.judgement;
  const notable = rules.filter((rule) => !isPlain(rule));
  return {
    ...common,
    outcome: verdict.outcome,
    ruleId: verdict.ruleId ?? null,
    until: verdict.until === undefined ? null : new Date(verdict.until),
    factsSha256: sha256(JSON.stringify(judged.facts)),
    rules: notable.length === 0 ? null : notable,
  };
}

const isPlain = ({ outcome, liftedBy }: RuleOutcome): boolean =>
  outcome === "allow" && liftedBy === undefined;

const sha256 = (text: string): string => hash("sha256", text, "hex");
