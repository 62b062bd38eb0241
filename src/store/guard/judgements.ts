import { sql } from "kysely";
import type { RuleOutcome } from "../../domain/guard/verdict.ts";
import type { VerdictOutcome } from "../../domain/vocabulary.ts";
import type { InteractionId } from "../../domain/ids.ts";
import type { StopRuleId } from "../../domain/delivery-rules.ts";
import type { Db } from "../postgres/db.ts";
import { recordset } from "../postgres/recordset.ts";

/** One judgement, as it is kept with its interaction. */
export interface KeptJudgement {
  readonly interactionId: InteractionId;
  readonly judgedAt: Date;
  readonly outcome: VerdictOutcome;
  readonly ruleId: StopRuleId | null;
  readonly until: Date | null;
  /** The newest change of the policy that was known. */
  readonly policyVersion: number;
  /** SHA-256 of the facts (hex); null if there was no fact sheet. */
  readonly factsSha256: string | null;
  /** The rules that did not simply allow; null if all did. */
  readonly rules: readonly RuleOutcome[] | null;
}

const JUDGEMENT = {
  interactionId: "bigint",
  judgedAt: "timestamptz",
  outcome: "text",
  ruleId: "text",
  until: "timestamptz",
  policyVersion: "int",
  factsSha256: "text",
  rules: "jsonb",
} as const;

/** Adds judgements to the record. */
export async function keepJudgements(db: Db, judgements: readonly KeptJudgement[]): Promise<void> {
  if (judgements.length === 0) return;
  await sql`
    insert into tidings.judgements (interaction_id, judged_at, outcome, rule_id, until, policy_version, facts_sha256, rules)
    select j."interactionId", j."judgedAt", j.outcome, j."ruleId", j.until, j."policyVersion", decode(j."factsSha256", 'hex'), j.rules
    from ${recordset("j", JUDGEMENT, judgements)}
  `.execute(db);
}
