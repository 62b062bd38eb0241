import { sql } from "kysely";
import type { CaseChangeId, CaseId } from "../../domain/ids.ts";
import type {
  CausedNotice,
  LinkChange,
  Resolution,
  ResolvedChange,
  TypeHistory,
  VersionLife,
  Waiting,
} from "../../domain/resolve/case-history.ts";
import type { Db } from "../postgres/db.ts";
import { loadCaseChanges } from "../resolve/case-changes.ts";

/** The ids of the newest changes of a case, oldest first, and their number without the limit. */
export async function listChangesOfCase(
  db: Db,
  caseId: CaseId,
  limit: number,
): Promise<{ readonly ids: CaseChangeId[]; readonly total: number }> {
  const { rows } = await sql<{ id: CaseChangeId; total: number }>`
    select m.case_change_id as id, (count(*) over ())::int as total
    from tidings.case_moves m
    where m.case_id = ${caseId}
    order by m.changed_at desc, m.case_change_id desc
    limit ${limit}
  `.execute(db);
  return { ids: rows.map((row) => row.id).toReversed(), total: rows[0]?.total ?? 0 };
}

/** Loads changes with their resolutions and the notices that they caused, in the order of `ids`. Unknown ids are left out. */
export async function loadResolvedChanges(
  db: Db,
  ids: readonly CaseChangeId[],
): Promise<ResolvedChange[]> {
  const changes = await loadCaseChanges(db, ids);
  const states = await loadStates(db, ids);
  const notices = Map.groupBy(await loadNotices(db, ids), (one) => one.caseChangeId);
  return ids.flatMap((id): ResolvedChange[] => {
    const change = changes.find((one) => one.id === id);
    const state = states.find((one) => one.id === id);
    if (change === undefined || state === undefined) return [];
    const { borrowerId } = change;
    return [{ ...state, change, borrowerId, notices: notices.get(id) ?? [] }];
  });
}

interface State extends Pick<ResolvedChange, "fires" | "waiting" | "erased"> {
  readonly id: CaseChangeId;
  readonly resolution: Resolution | null;
}

type StateRow = Pick<State, "id" | "fires"> & {
  readonly erasedAt: Date | null;
  readonly erasedBy: string | null;
  readonly erasedWhy: string | null;
  readonly resolvedAt: Date | null;
  readonly resolvedBy: string | null;
  readonly verdicts: Resolution["verdicts"] | null;
  readonly attempts: number;
  readonly failedBy: string | null;
};

async function loadStates(db: Db, ids: readonly CaseChangeId[]): Promise<State[]> {
  const { rows } = await sql<StateRow>`
    select c.id, c.fires, r.resolved_at, r.resolved_by, r.verdicts, coalesce(q.attempts, m.attempts, 0) as attempts,
      coalesce(q.failed_by, m.refused_by) as failed_by, e.erased_at, e.erased_by, e.reason as erased_why
    from tidings.case_changes c
    left join tidings.erasures e on e.case_change_id = c.id
    left join tidings.resolutions r on r.case_change_id = c.id
    left join tidings.missed_changes m on m.case_change_id = c.id
    left join lateral (
      select w.attempts, w.failed_by from tidings.resolve_queue w
      where r.case_change_id is null and w.case_change_ids @> array[c.id]
      limit 1
    ) q on true
    where c.id = any(${ids}::bigint[])
  `.execute(db);
  return rows.map(stateOf);
}

function stateOf(read: StateRow): State {
  const { resolvedAt, resolvedBy, verdicts, attempts, failedBy, erasedAt, erasedBy, erasedWhy } =
    read;
  const erased =
    erasedAt === null || erasedBy === null || erasedWhy === null
      ? null
      : { at: erasedAt, by: erasedBy, reason: erasedWhy };
  const row = { id: read.id, fires: read.fires, erased };
  if (resolvedAt !== null && resolvedBy !== null && verdicts !== null)
    return { ...row, resolution: { resolvedAt, resolvedBy, verdicts }, waiting: null };
  const waiting: Waiting | null = read.fires ? { attempts, failedBy } : null;
  return { ...row, resolution: null, waiting };
}

async function loadNotices(db: Db, ids: readonly CaseChangeId[]): Promise<CausedNotice[]> {
  const { rows } = await sql<CausedNotice>`
    select i.case_change_id, i.id as interaction_id, l.id as last_interaction_id, i.notification_type_id, l.status, l.status_details
    from tidings.interactions i
    cross join lateral (
      select a.id, a.status, a.status_details from tidings.interactions a
      where a.id = i.id or a.first_interaction_id = i.id
      order by a.attempt desc
      limit 1
    ) l
    where i.case_change_id = any(${ids}::bigint[]) and i.origin = 'tidings' and i.previous_interaction_id is null
    order by i.id
  `.execute(db);
  return rows;
}

/** Loads the links of case types with their history, and every version of the linked types and of `typeIds`. */
export async function loadTypeHistory(
  db: Db,
  caseTypeIds: readonly string[],
  typeIds: readonly number[],
): Promise<TypeHistory> {
  const linked = await db
    .selectFrom("caseTypeNotificationTypes")
    .select(["caseTypeId", "notificationTypeId"])
    .where("caseTypeId", "=", sql<string>`any(${caseTypeIds})`)
    .orderBy("notificationTypeId")
    .execute();
  const linkChanges = await loadLinkChanges(db, caseTypeIds);
  const ids = [...linked, ...linkChanges].map((one) => one.notificationTypeId);
  return {
    linked,
    linkChanges,
    versions: await loadVersions(db, [...new Set([...ids, ...typeIds])]),
  };
}

/** The key of a history row is `caseTypeId,notificationTypeId`. The id of a case type may have commas. */
async function loadLinkChanges(db: Db, caseTypeIds: readonly string[]): Promise<LinkChange[]> {
  const { rows } = await sql<LinkChange>`
    select k.case_type_id, k.notification_type_id::int, h.changed_at, h.actor,
      h.changes#>>'{notification_type_id,to}' is not null as is_linked
    from tidings.record_changes h
    cross join lateral (
      select regexp_replace(h.row_id, ',\\d+$', '') as case_type_id, substring(h.row_id from '\\d+$') as notification_type_id
    ) k
    where h.table_name = 'case_type_notification_types' and k.case_type_id = any(${caseTypeIds}::text[])
    order by h.id
  `.execute(db);
  return rows;
}

async function loadVersions(db: Db, ids: readonly number[]): Promise<VersionLife[]> {
  const { rows } = await sql<VersionLife>`
    select t.id, t.version, t.name, t.on_status, t.on_outcome, coalesce(nullif(t.on_condition, 'null'), '[]') as on_condition,
      t.published_at, t.deprecated_at
    from tidings.notification_types t
    where t.id = any(${ids}::int[])
    order by t.id, t.version
  `.execute(db);
  return rows;
}
