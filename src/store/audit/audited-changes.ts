import { type RawBuilder, sql } from "kysely";
import type {
  AuditedChange,
  EarlierState,
  RecordedMove,
  RecordedNotice,
} from "../../domain/audit/audit.ts";
import type { CaseChangeId, CaseId } from "../../domain/ids.ts";
import type { CaseChange } from "../../domain/resolve/case-change.ts";
import type { Resolution } from "../../domain/resolve/case-history.ts";
import type { Db } from "../postgres/db.ts";

/** The changes to audit: those that arrived in a period, of one case if it is given. */
export interface AuditScope {
  readonly from: Date;
  /** The first moment after the period. */
  readonly until: Date;
  readonly caseId: CaseId | null;
}

/** The ids of the changes of a scope, and their number. */
export interface AuditRange {
  /** Null if there is no change. */
  readonly firstId: CaseChangeId | null;
  readonly lastId: CaseChangeId | null;
  readonly changes: number;
}

/** Reads all changes once: their ids are only roughly in the order of their arrival. */
export async function findAuditRange(
  db: Db,
  { from, until, caseId }: AuditScope,
): Promise<AuditRange> {
  const { rows } = await sql<AuditRange>`
    select min(c.id) as first_id, max(c.id) as last_id, count(*)::int as changes
    from tidings.case_changes c
    where c.received_at >= ${from} and c.received_at < ${until} and (${caseId}::text is null or c.case_id = ${caseId})
  `.execute(db);
  return rows[0] ?? { firstId: null, lastId: null, changes: 0 };
}

/** So many earlier changes of a case are read to find its state before a change. */
const EARLIER = 5;

type Row = Omit<CaseChange, "before" | "changedAt"> & {
  readonly changedAt: Date | number;
  readonly fires: boolean;
  readonly move: RecordedMove | null;
  readonly earlier: readonly EarlierState[];
  readonly resolvedAt: Date | null;
  readonly resolvedBy: string | null;
  readonly verdicts: Resolution["verdicts"] | null;
  readonly isErased: boolean;
  readonly isQueued: boolean;
  readonly refusedBy: string | null;
  readonly notices: readonly RecordedNotice[];
};

/** The changes of the case before a change in time, from the record of intake, which has an index for them. */
const EARLIER_CHANGES = sql`
  left join lateral (
    select json_agg(json_build_object('status', b.status, 'outcome', b.outcome, 'isCertain', b.id < c.id and b.following_case_change_id is null)
      order by b.changed_at desc, b.id desc) as earlier
    from (
      select x.id, x.status, x.outcome, y.changed_at, y.following_case_change_id
      from tidings.case_moves y
      join tidings.case_changes x on x.id = y.case_change_id
      where y.case_id = c.case_id and (y.changed_at, y.case_change_id) < (c.changed_at, c.id)
      order by y.changed_at desc, y.case_change_id desc
      limit ${EARLIER}
    ) b
  ) e on true
`;

/** The first attempts that name a change as their cause. */
const NOTICES = sql`
  left join lateral (
    select json_agg(json_build_object('interactionId', i.id::text, 'notificationTypeId', i.notification_type_id,
      'notificationTypeVersion', i.notification_type_version, 'attempts', a.attempts, 'lastAttempt', a.last_attempt)) as notices
    from tidings.interactions i
    cross join lateral (
      select 1 + count(*) as attempts, greatest(1, max(l.attempt)) as last_attempt
      from tidings.interactions l
      where l.first_interaction_id = i.id
    ) a
    where i.case_change_id = c.id and i.origin = 'tidings' and i.previous_interaction_id is null
  ) n on true
`;

/** Loads the first changes of a scope from an id on, in the order of their ids. */
export const loadAuditedChanges = (
  db: Db,
  { from, until, caseId }: AuditScope,
  fromId: CaseChangeId,
  limit: number,
): Promise<AuditedChange[]> =>
  load(
    db,
    sql`
      select * from tidings.case_changes s
      where s.id >= ${fromId}::bigint and s.received_at >= ${from} and s.received_at < ${until}
        and (${caseId}::text is null or s.case_id = ${caseId})
      order by s.id
      limit ${limit}
    `,
  );

/** Loads these changes, in the order of their ids. */
export const loadAuditedChangesOf = (
  db: Db,
  ids: readonly CaseChangeId[],
): Promise<AuditedChange[]> =>
  load(db, sql`select * from tidings.case_changes s where s.id = any(${ids}::bigint[])`);

async function load(db: Db, changes: RawBuilder<unknown>): Promise<AuditedChange[]> {
  const { rows } = await sql<Row>`
    with queued as materialized (
      select unnest(q.case_change_ids) as id, q.failed_by as refused_by from tidings.resolve_queue q
      union all
      select m.case_change_id, m.refused_by from tidings.missed_changes m
    )
    select c.id, c.case_id, c.case_type_id, c.borrower_id, c.loan_ids, c.status, c.outcome, c.fields, c.changed_at, c.received_at,
      c.supercase_bulk_operation_id, c.fires,
      case when m.case_change_id is not null then json_build_object('statusBefore', m.status_before, 'outcomeBefore', m.outcome_before) end
        as move,
      case when f.id is not null then json_build_object('status', f.status, 'outcome', f.outcome, 'fields', f.fields, 'fires', f.fires) end
        as following,
      coalesce(e.earlier, '[]') as earlier, r.resolved_at, r.resolved_by, r.verdicts,
      exists (select from tidings.erasures e where e.case_change_id = c.id)
        or exists (select from tidings.erasures e where e.case_change_id = f.id) as is_erased,
      exists (select from queued q where q.id = c.id) as is_queued,
      (select max(q.refused_by) from queued q where q.id = c.id) as refused_by,
      coalesce(n.notices, '[]') as notices
    from (${changes}) c
    -- limited to one, so that they are looked up: a plan that was made for small tables would read all of large ones
    left join lateral (select * from tidings.case_moves l where l.case_change_id = c.id limit 1) m on true
    left join lateral (select * from tidings.case_changes l where l.id = m.following_case_change_id limit 1) f on true
    left join lateral (select * from tidings.resolutions l where l.case_change_id = c.id limit 1) r on true
    ${EARLIER_CHANGES}
    ${NOTICES}
    order by c.id
  `.execute(db);
  return rows.map(auditedChange);
}

function auditedChange(row: Row): AuditedChange {
  const {
    fires,
    move,
    earlier,
    resolvedAt,
    resolvedBy,
    verdicts,
    isErased,
    isQueued,
    refusedBy,
    notices,
    ...change
  } = row;
  const resolution =
    resolvedAt === null || resolvedBy === null || verdicts === null
      ? null
      : { resolvedAt, resolvedBy, verdicts };
  const before =
    move === null || move.statusBefore === null
      ? null
      : { status: move.statusBefore, outcome: move.outcomeBefore };
  return {
    change: { ...change, changedAt: new Date(change.changedAt), before },
    fires,
    move,
    earlier,
    hasMoreEarlier: earlier.length === EARLIER,
    resolution,
    isErased,
    isQueued,
    refusedBy,
    notices,
  };
}
