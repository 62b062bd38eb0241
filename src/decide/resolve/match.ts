import type { CaseChange, CaseState, FollowingChange } from "../../domain/resolve/case-change.ts";
import type { Condition, FiringRule } from "../../domain/resolve/notification-type.ts";
import type { Silence } from "../../domain/resolve/resolution.ts";
import { conditionFault, conditionHolds } from "./conditions.ts";

/**
 * `long` is a sentence that explains the result. It repeats no value of a case field, because those may be personal.
 */
export type Match =
  | { readonly kind: "fires" }
  | { readonly kind: "silent"; readonly why: Silence; readonly long: string };

/**
 * Decides whether a notification type version fires on a change of a linked case.
 * - The trigger is a pair of onStatus and onOutcome, in which null means any. The version fires if the pair holds after the
 *   change and did not hold before it. Before the first known change of a case no pair holds.
 * - So a change of fields alone fires nothing. An outcome that is set later than its status fires at that time. A case
 *   that leaves the pair fires again when it re-enters it.
 * - onCondition only filters: every condition must hold on the fields of this change.
 * - The changes of a case are ordered by changed_at, then by id. A change that arrives late is judged between its
 *   neighbors in time. It does not fire if pair and conditions still hold in the change after it, which has fired already.
 * - No change is judged a second time because a late one arrived before it. If a late change reveals a re-entry, no notice
 *   is sent for it.
 * The source is the platform's Notification Types document: an interaction is created "when the case status is changed to
 * processing", "when the case status is changed to completed and the outcome is approved".
 */
export function match(change: CaseChange, rule: FiringRule): Match {
  const awaited = describe(rule.onStatus, rule.onOutcome);
  if (!pairHolds(rule, change)) {
    const reached = describe(change.status, change.outcome);
    return silent("triggerDoesNotHold", `The type waits for ${awaited}, the case has ${reached}.`);
  }
  if (change.before !== null && pairHolds(rule, change.before)) {
    return silent("triggerHeldBefore", `The case had ${awaited} before this change already.`);
  }
  const unmet = rule.onCondition.find((condition) => !conditionHolds(condition, change.fields));
  if (unmet !== undefined) return silent("conditionNotMet", describeUnmet(unmet));
  if (change.following !== null && answeredFor(rule, change.following)) {
    return silent(
      "laterChangeJudged",
      `This change arrived late. The case still had ${awaited} in the change after it, which fired for both.`,
    );
  }
  return { kind: "fires" };
}

/**
 * Decides whether the pair and every condition hold for the present state of a case. If not, a scheduled notice whose
 * type says `cancel` is withdrawn.
 */
export function stillHolds(
  rule: FiringRule,
  state: CaseState,
  fields: Readonly<Record<string, unknown>>,
): boolean {
  if (!pairHolds(rule, state)) return false;
  return rule.onCondition.every((condition) => conditionHolds(condition, fields));
}

function pairHolds(rule: FiringRule, state: CaseState): boolean {
  const statusHolds = rule.onStatus === null || rule.onStatus === state.status;
  const outcomeHolds = rule.onOutcome === null || rule.onOutcome === state.outcome;
  return statusHolds && outcomeHolds;
}

/** True if a following change answers for this one. One that fires nothing (`fires` is false) replaces all changes before it. */
function answeredFor(rule: FiringRule, following: FollowingChange): boolean {
  if (!following.fires) return pairHolds(rule, following);
  return stillHolds(rule, following, following.fields);
}

function silent(why: Silence, long: string): Match {
  return { kind: "silent", why, long };
}

function describe(status: string | null, outcome: string | null): string {
  if (outcome === null) return `status ${status}`;
  return status === null ? `outcome ${outcome}` : `status ${status} and outcome ${outcome}`;
}

function describeUnmet(condition: Condition): string {
  const fault = conditionFault(condition);
  if (fault !== null) return `${fault} Such a condition never holds.`;
  const { fieldName, operator, value } = condition;
  const wanted = value === undefined ? "" : ` ${JSON.stringify(value)}`;
  return `The case's fields do not meet the condition ${fieldName} ${operator ?? "eq"}${wanted}.`;
}
