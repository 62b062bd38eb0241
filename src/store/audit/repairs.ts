import { sql } from "kysely";
import type { Gap } from "../../domain/audit/audit.ts";
import type { CaseChangeId, InteractionId } from "../../domain/ids.ts";
import type { RepairKind, RepairResult } from "../../domain/vocabulary.ts";
import type { Db } from "../postgres/db.ts";
import { recordset } from "../postgres/recordset.ts";
import { inJobsOf } from "../queue/interactions-in-jobs.ts";

const ORDER = {
  kind: "text",
  caseChangeId: "bigint",
  notificationTypeId: "int",
  notificationTypeVersion: "int",
  interactionId: "bigint",
} as const;

/** The repair of one gap. */
export type RepairOrder = Pick<
  Gap,
  "caseChangeId" | "notificationTypeId" | "notificationTypeVersion" | "interactionId"
> & { readonly kind: RepairKind };

/** Orders repairs by the connection's actor. One that is ordered and not carried out yet is left out. Returns the number of new ones. */
export async function orderRepairs(
  db: Db,
  orders: readonly RepairOrder[],
  reason: string,
): Promise<number> {
  const { rows } = await sql<{ id: string }>`
    insert into tidings.repairs (kind, case_change_id, notification_type_id, notification_type_version, interaction_id, reason)
    select o.kind, o."caseChangeId", o."notificationTypeId", o."notificationTypeVersion", o."interactionId", ${reason}
    from ${recordset("o", ORDER, orders)}
    on conflict do nothing
    returning id
  `.execute(db);
  return rows.length;
}

/** A repair that is ordered and not carried out. */
export interface OpenRepair extends RepairOrder {
  readonly id: string;
  readonly orderedBy: string;
  readonly reason: string;
}

/** Locks up to `most` repairs of a kind that are not carried out. It skips those that another daemon has locked. */
export async function lockRepairs(
  transaction: Db,
  kind: RepairKind,
  most: number,
): Promise<OpenRepair[]> {
  const { rows } = await sql<OpenRepair>`
    select r.id, r.kind, r.case_change_id, r.notification_type_id, r.notification_type_version, r.interaction_id, r.ordered_by, r.reason
    from tidings.repairs r
    where r.done_at is null and r.kind = ${kind}
    order by r.id
    limit ${most}
    for update skip locked
  `.execute(transaction);
  return rows;
}

/** Records the results of repairs. */
export async function recordRepairs(
  transaction: Db,
  results: readonly { readonly id: string; readonly result: RepairResult }[],
): Promise<void> {
  await sql`
    update tidings.repairs r set result = o.result
    from json_to_recordset(${JSON.stringify(results)}::json) as o(id bigint, result text)
    where r.id = o.id
  `.execute(transaction);
}

interface ChangeRow {
  readonly id: CaseChangeId;
}
const idsOf = (rows: readonly ChangeRow[]): Set<CaseChangeId> => new Set(rows.map(({ id }) => id));

/** Notes changes that were not taken in, to be taken in at once. Returns those that were not taken in. */
export async function noteMissedChanges(
  transaction: Db,
  ids: readonly CaseChangeId[],
): Promise<Set<CaseChangeId>> {
  const { rows } = await sql<ChangeRow>`
    insert into tidings.missed_changes as x (case_change_id)
    select c.id from tidings.case_changes c
    where c.id = any(${ids}::bigint[]) and not exists (select from tidings.case_moves m where m.case_change_id = c.id)
    on conflict (case_change_id) do update set retry_at = clock_timestamp()
    returning case_change_id as id
  `.execute(transaction);
  return idsOf(rows);
}

/** Queues changes without a resolution to be resolved at once. Returns them. */
export async function queueUnresolved(
  transaction: Db,
  ids: readonly CaseChangeId[],
): Promise<Set<CaseChangeId>> {
  const { rows } = await sql<ChangeRow>`
    with unresolved as materialized (
      select c.id from tidings.case_changes c
      where c.id = any(${ids}::bigint[]) and c.fires
        and exists (select from tidings.case_moves m where m.case_change_id = c.id)
        and not exists (select from tidings.resolutions r where r.case_change_id = c.id)
    ),
    tried_again as (
      update tidings.resolve_queue q set run_at = clock_timestamp()
      where q.case_change_ids && array(select u.id from unresolved u)
      returning q.case_change_ids
    ),
    forgotten as (select id from unresolved except select unnest(t.case_change_ids) from tried_again t),
    queued as (
      insert into tidings.resolve_queue (case_change_ids, priority)
      select array_agg(p.id order by p.id), 10
      from (select f.id, (row_number() over (order by f.id) - 1) / 100 as part from forgotten f) p
      group by p.part
    )
    select u.id from unresolved u
  `.execute(transaction);
  return idsOf(rows);
}

/** Queues the deliveries of scheduled interactions that are in no job. Returns them. */
export async function queueJobless(
  transaction: Db,
  ids: readonly InteractionId[],
): Promise<Set<InteractionId>> {
  const { rows } = await sql<{ id: InteractionId }>`
    with sought as materialized (
      select i.id from tidings.interactions i
      where i.id = any(${ids}::bigint[]) and i.origin = 'tidings' and i.status = 'scheduled' and i.scheduled_at_from is not null
    ),
    in_jobs as (${inJobsOf("deliver_interactions", "infinity")} and exists (select from sought)),
    jobless as (select id from sought except select id from in_jobs),
    jobs as (
      select tidings.queue_deliveries(array_agg(j.id)) from jobless j
    )
    select j.id, (select count(*) from jobs) as jobs from jobless j
  `.execute(transaction);
  return new Set(rows.map(({ id }) => id));
}
