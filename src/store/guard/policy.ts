import { type QueryExecutorProvider, sql } from "kysely";
import { NO_POLICY_RECORD, type PolicyRecord } from "../../domain/guard/policy-record.ts";

/** The members of an entry that a change `c` sets. `infinity` is a day without a limit. */
const ENTRY = sql`jsonb_strip_nulls(jsonb_build_object(
  'jurisdiction', c.jurisdiction, 'rule', c.rule, 'value', c.value, 'from', c.from_day, 'until', c.until_day,
  'binds', c.binds, 'applies', c.applies, 'when', c.conditions, 'source', c.source, 'certainty', c.certainty, 'note', c.note))`;

const CHANGES = sql`(
  select coalesce(json_agg(json_build_object(
    'version', c.version, 'changedAt', c.changed_at, 'changedBy', c.changed_by, 'reason', c.reason,
    'effectiveFrom', c.effective_from, 'change', c.change, 'ruleId', c.rule_id, 'outcome', c.outcome,
    'entryId', c.entry_id, 'entry', ${ENTRY}, 'was', c.was) order by c.version), '[]')
  from tidings.guard_policy_changes c)`;

type Changes = PolicyRecord["changes"];
type Written = Omit<Changes[number], "changedAt" | "effectiveFrom"> & {
  readonly changedAt: string;
  readonly effectiveFrom: string | null;
};

/**
 * Reads the changes of the policy in one statement, or returns `known` if its version is still the newest. Inside a
 * transaction that reads committed rows it is never older than the last change that was committed before the statement.
 */
async function readRecord(
  db: QueryExecutorProvider,
  known: PolicyRecord | undefined,
): Promise<PolicyRecord> {
  const { rows } = await sql<{ version: string; changes: readonly Written[] | null }>`
    select v.version, case when v.version is distinct from ${known?.version ?? null}::bigint then ${CHANGES} end as changes
    from tidings.guard_policy_version v
  `.execute(db);
  const [row] = rows;
  if (row === undefined) return NO_POLICY_RECORD;
  if (row.changes === null && known !== undefined) return known;
  return { version: Number(row.version), changes: (row.changes ?? []).map(read) };
}

const read = (change: Written): Changes[number] => ({
  ...change,
  changedAt: new Date(change.changedAt),
  effectiveFrom: change.effectiveFrom === null ? null : new Date(change.effectiveFrom),
});

/** Loads every change of the policy. */
export const loadPolicyRecord = (db: QueryExecutorProvider): Promise<PolicyRecord> =>
  readRecord(db, undefined);

/** Reads the record of the policy as it is at the statement. Give the transaction that must not see an older one. */
export type ReadPolicy = (db: QueryExecutorProvider) => Promise<PolicyRecord>;

/** Creates a reader that reads the changes again only if there is a new version. The same object is the same policy. */
export function createPolicyReader(): ReadPolicy {
  let known: PolicyRecord | undefined;
  return async (db) => {
    const record = await readRecord(db, known);
    // another transaction may have read a newer one meanwhile
    if (known === undefined || record.version > known.version) known = record;
    return record.version === known.version ? known : record;
  };
}
