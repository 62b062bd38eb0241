import { sql } from "kysely";
import type { PolicyChange } from "../../domain/guard/policy-record.ts";
import { constraintViolation } from "../postgres/constraint-violation.ts";
import type { Db } from "../postgres/db.ts";
import { isMissingPrivilege } from "../postgres/unreachable.ts";

/** A change to be recorded. */
export interface NewPolicyChange extends Pick<
  PolicyChange,
  "change" | "ruleId" | "outcome" | "entryId" | "reason" | "effectiveFrom"
> {
  /** The members of the value that an entry changes. */
  readonly value: object | null;
  /** The first and last day of an entry, such as 2031-03-03. */
  readonly fromDay: string | null;
  readonly untilDay: string | null;
}

/**
 * Records a change of the policy by the connection's actor, and returns its version. Throws the database's refusal, with a
 * constraint that begins with `guard_`, for a change that contradicts itself.
 */
export async function addPolicyChange(db: Db, change: NewPolicyChange): Promise<number> {
  const { effectiveFrom, ruleId, outcome, entryId, value, fromDay, untilDay, reason } = change;
  const { rows } = await sql<{ version: string }>`
    insert into tidings.guard_policy_changes
      (change, rule_id, outcome, entry_id, value, from_day, until_day, reason, effective_from)
    values (${change.change}, ${ruleId}, ${outcome}, ${entryId}, ${value === null ? null : JSON.stringify(value)}::jsonb,
      ${fromDay}::date, ${untilDay}::date, ${reason}, ${effectiveFrom})
    returning version
  `.execute(db);
  return Number(rows[0]?.version);
}

/**
 * The words of the database about a change that it refused; undefined for any other error, such as a missing right to set the policy.
 * They repeat no personal data.
 */
export function refusalOfChange(error: unknown): string | undefined {
  if (isMissingPrivilege(error)) return undefined;
  const constraint = constraintViolation(error)?.constraint;
  if (!(error instanceof Error) || constraint?.startsWith("guard_") !== true) return undefined;
  const hint = "hint" in error && typeof error.hint === "string" ? `: ${error.hint}` : "";
  return `${error.message}${hint}`;
}
