import type { StopRuleId } from "../../domain/delivery-rules.ts";
import type { FieldError } from "../../domain/guard/fields.ts";
import type { GuardVerdict, RuleOutcome } from "../../domain/guard/verdict.ts";
import type { InteractionId } from "../../domain/ids.ts";
import type { Withheld } from "../../domain/interaction.ts";
import type { Judged } from "./judge-batch.ts";
import type { Elsewhere } from "./redirect.ts";

/** The effect of a judgement on its interaction. */
export type GuardEffect =
  | { readonly kind: "claim"; readonly lapsesAt: Date | null }
  | { readonly kind: "elsewhere"; readonly elsewhere: Elsewhere }
  | { readonly kind: "withhold"; readonly withheld: Withheld };

/** Decides the effect of a judgement. An interaction that cannot be judged is held: it is neither sent nor lost. */
export function effectOf(judged: Judged): GuardEffect {
  const { interactionId } = judged;
  if (judged.kind === "invalid") return invalid(interactionId, judged.errors);
  if (judged.kind === "failed")
    return hold(interactionId, ["guard.failed"], {
      short: "Could not be judged",
      long: "The guard failed on the facts of this notice, by a fault of ours. Report it with the id of the interaction, and decide by hand.",
    });
  const { verdict, rules } = judged.judgement;
  if (verdict.outcome === "allow")
    return {
      kind: "claim",
      lapsesAt: verdict.until === undefined ? null : new Date(verdict.until),
    };
  return withheldBy(interactionId, verdict, rules);
}

function withheldBy(
  interactionId: InteractionId,
  verdict: GuardVerdict,
  results: readonly RuleOutcome[],
): GuardEffect {
  const { outcome, ruleId = "cg.stale", until, to, short = ruleId, long = short } = verdict;
  const because = { interactionId, ruleId, short, long };
  if (outcome === "wait" && until !== undefined)
    return withhold({ ...because, status: "scheduled", until: new Date(until) });
  if (outcome === "refuse")
    return withhold({
      ...because,
      status: ruleId === "cg.stale" ? "canceled" : "failed",
      until: null,
    });
  const others = results.filter((rule) => rule.outcome === outcome && rule.ruleId !== ruleId);
  const rules = [ruleId, ...others.map((rule) => rule.ruleId)] as const;
  if (outcome === "redirect" && to !== undefined)
    return { kind: "elsewhere", elsewhere: { interactionId, rules, short, long, to } };
  return hold(interactionId, rules, because);
}

/** More errors than a person reads one by one. */
const MOST_ERRORS = 5;

function invalid(interactionId: InteractionId, errors: readonly FieldError[]): GuardEffect {
  const named = errors.slice(0, MOST_ERRORS).map(({ field, message }) => `${field} ${message}.`);
  return hold(interactionId, ["facts.invalid"], {
    short: "Facts do not fit",
    long: `Correct the facts, then release the notice: ${named.join(" ")}`,
  });
}

const withhold = (withheld: Withheld): GuardEffect => ({ kind: "withhold", withheld });

function hold(
  interactionId: InteractionId,
  heldBy: readonly [StopRuleId, ...StopRuleId[]],
  { short, long }: Pick<Withheld, "short" | "long">,
): GuardEffect {
  const [ruleId] = heldBy;
  return withhold({ interactionId, status: "scheduled", ruleId, short, long, until: null, heldBy });
}
