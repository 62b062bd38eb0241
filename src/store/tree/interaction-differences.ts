import { sql } from "kysely";
import type { Db } from "../postgres/db.ts";
import type { HistoryDifference } from "./history-differences.ts";

/** Returns the id of the last of the next `limit` interactions after an id. After the last interaction it is the highest id that a transition names. Null if there is none. */
export async function readLastOfNext(db: Db, after: bigint, limit: number): Promise<bigint | null> {
  const { rows } = await sql<{ last: string | null }>`
    select coalesce(
      (select max(n.id) from (select i.id from tidings.interactions i where i.id > ${after} order by i.id limit ${limit}) n),
      (select max(t.interaction_id) from tidings.interaction_transitions t where t.interaction_id > ${after})
    )::text as last
  `.execute(db);
  const last = rows[0]?.last ?? null;
  return last === null ? null : BigInt(last);
}

/** The interactions with ids after `after`, up to and including `last`. */
export interface InteractionRange {
  readonly after: bigint;
  readonly last: bigint;
}

/** The newest recorded values of an interaction `i` with the last change, as `r`. */
const NEWEST_RECORDED = sql`left join lateral (
  select max(n.id) as change_id, jsonb_object_agg(n.key, n.value) as newest,
    to_jsonb(jsonb_populate_record(null::tidings.interactions, jsonb_object_agg(n.key, n.value -> 'to'))) as recorded
  from (
    select distinct on (e.key) h.id, e.key, e.value
    from tidings.record_changes h
    cross join lateral jsonb_each(h.changes) e
    where h.table_name = 'interactions' and h.row_id = i.id::text
    order by e.key, h.id desc
  ) n
) r on true`;

/** True if a notice `i` is due when it was planned for. The times are compared as text, because a cast fails if a superuser wrote no time. */
const IS_DUE_AS_PLANNED = sql`i.due_explanation ->> 'dueAt'
  is not distinct from to_char(i.scheduled_at_from at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;

/**
 * True if a notice `i` that no one has claimed is not due when it was planned for, or when the record last put it off. A daemon that puts it
 * off again by the same rule does so when it is due, by a day at most, and leaves no record of it (record_wait).
 */
const IS_PUT_OFF_WITHOUT_RECORD = sql`(i.status = 'scheduled' and i.attempt = 1 and i.claims = 0 and (
  i.compliance_guard_rule_id is distinct from r.newest #>> '{compliance_guard_rule_id,to}'
  or case
    when i.compliance_guard_rule_id is not null then not (${IS_DUE_AS_PLANNED})
      and i.scheduled_at_from > greatest((r.recorded ->> 'scheduled_at_from')::timestamptz, now()) + interval '1 day'
    when r.newest ? 'scheduled_at_from' then to_jsonb(i.scheduled_at_from) is distinct from r.recorded -> 'scheduled_at_from'
    -- a notice that was inserted by hand may have no explanation
    else i.due_explanation ? 'dueAt' and not (${IS_DUE_AS_PLANNED}) end
))`;

/**
 * Compares the interactions of a range with their history: logged ones with their newest recorded values, notices with the lender's
 * recorded notes and the recorded due time of those that wait, and all with their transitions. Differences that the comparison of the
 * leaves shows are left out.
 */
export async function listInteractionDifferences(
  db: Db,
  { after, last }: InteractionRange,
  limit: number,
): Promise<HistoryDifference[]> {
  const { rows } = await sql<HistoryDifference>`
    select 'interactions' as "table", i.id::text as "row", r.change_id::text as change_id, case when t.id is null then 'added' else 'altered' end as what
    from tidings.interactions i
    left join lateral (
      select x.id, x.to_status, x.to_status_details from tidings.interaction_transitions x where x.interaction_id = i.id order by x.id desc limit 1
    ) t on true
    ${NEWEST_RECORDED}
    where i.id > ${after} and i.id <= ${last} and (
      t.id is null
      or case i.origin
        when 'logged' then exists (
          select from jsonb_each(r.newest) e
          where case
            when e.value ? 'erased' then false
            when e.key = 'content' then e.value ->> 'toSha256' is distinct from encode(sha256(convert_to(i.content::text, 'UTF8')), 'hex')
            else nullif(r.recorded -> e.key, 'null') is distinct from nullif(to_jsonb(i) -> e.key, 'null') end
        )
        else i.external_id is distinct from r.newest #>> '{external_id,to}'
          or (not coalesce(r.newest -> 'meta_data' ? 'erased', false) and i.meta_data is distinct from nullif(r.newest #> '{meta_data,to}', 'null'))
          or ((t.to_status, t.to_status_details) is distinct from (i.status::text, i.status_details) and not exists (
            select from tidings.tree_leaves l
            where l.source = 'interactions' and l.max_id >= t.id and l.min_id <= t.id and t.id = any(l.row_ids)
          ))
          or ${IS_PUT_OFF_WITHOUT_RECORD} end
    )
    order by i.id
    limit ${limit}
  `.execute(db);
  return rows;
}

/** Lists the ids of a range that transitions name and no interaction has, except those with a leaf, which the comparison of the leaves shows. */
export async function listMissingInteractions(
  db: Db,
  { after, last }: InteractionRange,
  limit: number,
): Promise<HistoryDifference[]> {
  const { rows } = await sql<HistoryDifference>`
    select 'interactions' as "table", m.interaction_id::text as "row", null as change_id, 'removed' as what
    from (
      select t.interaction_id, max(t.id) as newest_id
      from tidings.interaction_transitions t
      where t.interaction_id > ${after} and t.interaction_id <= ${last}
        and not exists (select from tidings.interactions i where i.id = t.interaction_id)
      group by 1
    ) m
    where not exists (
      select from tidings.tree_leaves l
      where (l.source = 'interactions' and l.max_id >= m.newest_id and l.min_id <= m.newest_id and m.newest_id = any(l.row_ids))
        or (l.source = 'loggedInteractions' and l.max_id >= m.interaction_id and l.min_id <= m.interaction_id and m.interaction_id = any(l.row_ids))
    )
    order by m.interaction_id
    limit ${limit}
  `.execute(db);
  return rows;
}
