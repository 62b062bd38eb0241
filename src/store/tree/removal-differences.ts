import { sql } from "kysely";
import type { Db } from "../postgres/db.ts";

/** An erasure or a deletion on record that does not fit the record. */
export interface RemovalDifference {
  readonly id: string;
  /** The erased row, such as "interaction 7", or the deletion itself. */
  readonly row: string;
  readonly what: RemovalFlaw;
}
export type RemovalFlaw =
  /** The row is there, and its content as well. */
  | "notErased"
  /** The row is not on record. */
  | "ofNoRow"
  /** Rows of the deleted record are still there. */
  | "inPart"
  /** It names rows of a record that it does not name. */
  | "ofOtherRows"
  /** No years were set for the metadata at that time. */
  | "withoutYears";

/** The leaves that an erasure `e` names. A list that was changed may have anything in it. */
const NAMED_LEAVES = sql`lateral jsonb_array_elements(case jsonb_typeof(e.leaves) when 'array' then e.leaves else '[]' end) l`;
const NAMED_ID = sql`case when l ->> 'id' ~ '^[0-9]{1,18}$' then (l ->> 'id')::bigint end`;

/**
 * Lists erasures whose row is not on record, or has content. Without this check a person with the triggers off could change the content
 * and insert an erasure with the hashes before and after. Content that was logged again after its erasure has a later recorded change.
 */
export async function listWrongErasures(db: Db, limit: number): Promise<RemovalDifference[]> {
  const { rows } = await sql<RemovalDifference>`
    with wrong as (
      select e.id, 'interaction ' || e.interaction_id as "row", case when i.id is null then 'ofNoRow' else 'notErased' end as what
      from tidings.erasures e
      left join tidings.interactions i on i.id = e.interaction_id
      where e.interaction_id is not null and (i.id is null or exists (
        select from jsonb_each(jsonb_strip_nulls(jsonb_build_object('content', i.content, 'borrower', i.borrower, 'meta_data', i.meta_data,
          'contact', nullif(i.contact - array['object', 'id', 'contactType', 'label', 'status'], '{}')))) c
        where not exists (
          select from tidings.record_changes h
          where h.table_name = 'interactions' and h.row_id = i.id::text and h.changes ? c.key and not h.changes -> c.key ? 'erased'
        )
      ))
      union all
      select e.id, 'case change ' || e.case_change_id, case when c.id is null then 'ofNoRow' else 'notErased' end
      from tidings.erasures e
      left join tidings.case_changes c on c.id = e.case_change_id
      where e.case_change_id is not null and (c.id is null or c.fields <> '{}')
      union all
      select e.id, 'recorded change ' || l.id, case when h.id is null then 'ofNoRow' else 'notErased' end
      from tidings.erasures e
      cross join lateral (
        select e.record_change_id as id where e.record_change_id is not null
        union
        select ${NAMED_ID} from ${NAMED_LEAVES} where l ->> 'source' = 'recordChanges'
      ) l
      left join tidings.record_changes h on h.id = l.id
      where h.id is null or tidings.erased_columns(h.table_name) is null or exists (
        select from jsonb_each(h.changes) k
        where k.key = any(tidings.erased_columns(h.table_name)) and (jsonb_typeof(k.value) <> 'object' or k.value - 'sealed' <> '{"erased": true}')
      )
      union all
      select e.id, 'receipt ' || r.id, 'notErased'
      from tidings.erasures e
      cross join ${NAMED_LEAVES}
      join tidings.receipts r on r.id = ${NAMED_ID}
      where l ->> 'source' = 'receipts' and r.payload is not null
    )
    select w.id::text as id, w."row", w.what from wrong w order by w.id, w."row" limit ${limit}
  `.execute(db);
  return rows;
}

/**
 * Lists deletions that no daemon can have made: of a part of a record, of rows that belong to no record that they name, or while no
 * years were set for the metadata.
 */
export async function listWrongDeletions(db: Db, limit: number): Promise<RemovalDifference[]> {
  const { rows } = await sql<RemovalDifference>`
    with judged as (
      select d.id, case
        when exists (select from tidings.interactions i where i.id = any(d.interaction_ids))
          or exists (select from tidings.interaction_transitions t where t.interaction_id = any(d.interaction_ids))
          or exists (select from tidings.judgements j where j.interaction_id = any(d.interaction_ids))
          or exists (select from tidings.receipts r where r.interaction_id = any(d.interaction_ids))
          or exists (select from tidings.case_changes c where c.id = any(d.case_change_ids))
          or exists (select from tidings.resolutions r where r.case_change_id = any(d.case_change_ids))
          then 'inPart'
        when jsonb_typeof(d.leaves) <> 'object' or jsonb_typeof(d.leaves -> 'transitions') <> 'array'
          or coalesce(jsonb_array_length(case jsonb_typeof(d.leaves -> 'transitions') when 'array' then d.leaves -> 'transitions' end), 0) < cardinality(d.interaction_ids)
          or (d.interaction_ids = '{}' and d.leaves ?| array['transitions', 'interactions', 'loggedInteractions', 'contentReveals',
            'receipts', 'judgements', 'redirects', 'holds', 'consentRecords', 'inboundMessages', 'contactEvents', 'amendments'])
          or (d.case_change_ids = '{}' and d.leaves ? 'resolutions')
          or coalesce(d.leaves -> 'caseChanges', '[]') <> to_jsonb(d.case_change_ids)
          or not to_jsonb(d.interaction_ids) @> (coalesce(d.leaves -> 'loggedInteractions', '[]') || coalesce(d.leaves -> 'inboundMessages', '[]'))
          then 'ofOtherRows'
        when (
          select h.changes #>> '{years,to}' from tidings.record_changes h
          where h.table_name = 'retention_classes' and h.row_id = 'metadata' and h.changed_at <= d.deleted_at and h.changes ? 'years'
          order by h.id desc limit 1
        ) is null then 'withoutYears' end as what
      from tidings.deletions d
      where d.leaves <> '{}'
    )
    select j.id::text as id, 'deletion ' || j.id as "row", j.what from judged j where j.what is not null order by j.id limit ${limit}
  `.execute(db);
  return rows;
}
