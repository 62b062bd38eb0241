import type { Deps } from "./deps.ts";
import { policyNow, type PolicyInForce } from "./decide/guard/policy/in-force.ts";
import { createPolicyReader } from "./store/guard/policy.ts";

/**
 * Creates a check that reports a change of the policy in force: a new change, or one whose time has come. A change that cannot
 * be read is reported once in each policy that it is part of. Judging does not depend on it: the policy is read in the
 * transaction of each claim.
 */
export function createPolicyWatch({
  db,
  clock,
  emit,
}: Pick<Deps, "db" | "clock" | "emit">): () => Promise<void> {
  const readPolicy = createPolicyReader();
  let known: PolicyInForce | undefined;
  return async () => {
    const policy = policyNow(await readPolicy(db), clock());
    const isFirst = known === undefined;
    if (policy === known) return;
    known = policy;
    // a lender who changed nothing has nothing to read about
    if (!isFirst || policy.changes.length > 0)
      emit("policy.changed", {
        version: policy.version,
        off: [...policy.policy.off],
        stricter: [...policy.policy.stricter.keys()],
        entries: policy.changes.flatMap(({ entryId }) => entryId ?? []),
      });
    for (const { version, ruleId, errors } of policy.unreadable)
      emit("policy.rejected", {
        version,
        guardRuleId: ruleId,
        errors: errors.map(({ field, message }) => `${field} ${message}`),
      });
  };
}
