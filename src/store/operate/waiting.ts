import { sql, type RawBuilder } from "kysely";
import type { BorrowerId, CaseChangeId, CaseId, InteractionId } from "../../domain/ids.ts";
import type { Channel, WaitEnd, WaitOwner, WaitReason } from "../../domain/vocabulary.ts";
import type { Db } from "../postgres/db.ts";

/** A case change or an interaction that is not final: `interactionId` is null for a change. */
export interface OpenWait {
  readonly caseChangeId: CaseChangeId | null;
  readonly interactionId: InteractionId | null;
  readonly caseId: CaseId | null;
  readonly personId: BorrowerId | null;
  readonly channel: Channel | null;
  readonly notificationTypeId: number | null;
  readonly ruleId: string | null;
  readonly reason: WaitReason;
  readonly owner: WaitOwner;
  readonly since: Date;
  /** From this time on it is late. */
  readonly until: Date;
  /** The time since `until` (ms); negative while it is not late. */
  readonly lateMs: number;
  readonly nextStep: WaitEnd;
}

/** The filter of a list of waits. An absent field does not filter. */
export interface WaitFilter {
  readonly reasons?: readonly WaitReason[] | undefined;
  readonly owners?: readonly WaitOwner[] | undefined;
  readonly caseIds?: readonly CaseId[] | undefined;
  readonly personIds?: readonly BorrowerId[] | undefined;
  readonly caseChangeIds?: readonly CaseChangeId[] | undefined;
  readonly interactionIds?: readonly InteractionId[] | undefined;
  /** Only those that are late, or wait for nothing. */
  readonly onlyWrong?: boolean | undefined;
}

/** Builds the filter as a condition on the waits `w`. */
function conditionOf(filter: WaitFilter): RawBuilder<boolean> {
  const { reasons, owners, caseIds, personIds, caseChangeIds, interactionIds, onlyWrong } = filter;
  const conditions = [
    reasons && sql<boolean>`w.reason = any(${reasons}::text[])`,
    owners && sql<boolean>`w.owner = any(${owners}::text[])`,
    caseIds && sql<boolean>`w.case_id = any(${caseIds}::text[])`,
    personIds && sql<boolean>`w.person_id = any(${personIds}::text[])`,
    caseChangeIds && sql<boolean>`w.case_change_id = any(${caseChangeIds}::bigint[])`,
    interactionIds && sql<boolean>`w.interaction_id = any(${interactionIds}::bigint[])`,
    onlyWrong === true ? sql<boolean>`(w.until <= now() or w.reason = 'nothing')` : undefined,
  ].filter((one) => one !== undefined);
  return conditions.length === 0 ? sql<boolean>`true` : sql.join(conditions, sql` and `);
}

/** Lists up to `limit` waits, those that wait for nothing first, then those that are late for longest. */
export async function listWaiting(db: Db, filter: WaitFilter, limit: number): Promise<OpenWait[]> {
  const { rows } = await sql<OpenWait>`
    select w.case_change_id, w.interaction_id, w.case_id, w.person_id, w.channel, w.notification_type_id, w.rule_id, w.reason, w.owner,
      w.since, w.until, round(extract(epoch from now() - w.until) * 1000)::float8 as late_ms, w.next_step
    from tidings.waiting w
    where ${conditionOf(filter)}
    order by w.reason = 'nothing' desc, w.until, w.case_change_id, w.interaction_id
    limit ${limit}
  `.execute(db);
  return rows;
}

/** The waits of one reason. */
export interface WaitCount {
  readonly reason: WaitReason;
  readonly owner: WaitOwner;
  readonly waits: number;
  readonly late: number;
  readonly oldestSince: Date;
  readonly nextUntil: Date;
}

/** Counts waits by their reason, those with late ones first. */
export async function countWaiting(db: Db, filter: WaitFilter): Promise<WaitCount[]> {
  const { rows } = await sql<WaitCount>`
    select w.reason, w.owner, count(*)::int as waits, (count(*) filter (where w.until <= now()))::int as late,
      min(w.since) as oldest_since, min(w.until) as next_until
    from tidings.waiting w
    where ${conditionOf(filter)}
    group by w.reason, w.owner
    order by count(*) filter (where w.until <= now()) desc, w.reason
  `.execute(db);
  return rows;
}
