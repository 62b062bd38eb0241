import { sql } from "kysely";
import { BEFORE_ALL_CHANGES, type CaseChangeId } from "../../domain/ids.ts";
import type { Db } from "../postgres/db.ts";

/** A change that arrived without intake and was then taken in, or refused by a rule. */
export interface TakenIn {
  readonly caseChangeId: CaseChangeId;
  /** The constraint or SQLSTATE that refused it; null if it was taken in. */
  readonly refusedBy: string | null;
}

/** Takes in missed changes that are due, those of a case in their order. Empty while another daemon does so. */
export async function takeInMissedChanges(db: Db, maxChanges: number): Promise<TakenIn[]> {
  const { rows } = await sql<TakenIn>`
    select t.case_change_id, t.refused_by from tidings.take_in_missed_changes(${maxChanges}::int) t
  `.execute(db);
  return rows;
}

/** A range of ids that the sweep has read. */
export interface SweptRange {
  /** The last id of the range; null if no change follows. */
  readonly lastId: CaseChangeId | null;
  /** The number of changes that had been taken in but had no resolution and no job. They are queued now. */
  readonly queued: number;
  readonly firstQueuedId: CaseChangeId | null;
}

/** The forgotten changes that were taken in, in parts of at most 100 changes and about 4 MB, as intake makes them. */
const FORGOTTEN_PARTS = sql`(
  select f.id, (row_number() over (order by f.id) - 1) / 100 as count_part,
    sum(octet_length(c.fields::text)) over (order by f.id) / 4000000 as size_part
  from forgotten f
  -- limited to one, so that it is looked up: to join them the planner would read all changes up to the last forgotten one
  cross join lateral (select l.fields from tidings.case_changes l where l.id = f.id limit 1) c
  where not f.is_missed
)`;

/**
 * Reads the changes after an id and finds those that were not taken in or not resolved, whatever the cause: no trigger
 * fired, a row of a queue was deleted, or a backup contains only some of the tables. Notes or queues them.
 */
export async function findForgottenChanges(
  db: Db,
  afterId: CaseChangeId,
  maxChanges: number,
): Promise<SweptRange> {
  const { rows } = await sql<SweptRange>`
    with stretch as materialized (
      select c.id, c.fires from tidings.case_changes c where c.id > ${afterId}::bigint order by c.id limit ${maxChanges}
    ),
    last as materialized (select max(s.id) as id from stretch s),
    unresolved as materialized (
      select s.id, s.fires, m.case_change_id is null as is_missed
      from stretch s
      -- both between the first and the last id, so that no more of them is read than of the changes
      left join tidings.resolutions r
        on r.case_change_id = s.id and r.case_change_id > ${afterId}::bigint and r.case_change_id <= (select l.id from last l)
      left join tidings.case_moves m
        on m.case_change_id = s.id and m.case_change_id > ${afterId}::bigint and m.case_change_id <= (select l.id from last l)
      where r.case_change_id is null and (s.fires or m.case_change_id is null)
    ),
    waiting as materialized (
      select unnest(q.case_change_ids) as id from tidings.resolve_queue q where exists (select from unresolved)
      union all
      select x.case_change_id from tidings.missed_changes x
    ),
    forgotten as materialized (
      select u.* from unresolved u where u.id in (select u.id from unresolved u except select w.id from waiting w)
    ),
    noted as (
      insert into tidings.missed_changes (case_change_id)
      select f.id from forgotten f where f.is_missed
      on conflict do nothing
    ),
    queued as (
      insert into tidings.resolve_queue (case_change_ids, priority)
      select array_agg(p.id order by p.id), 10
      from ${FORGOTTEN_PARTS} p
      group by p.count_part, p.size_part
    )
    select (select l.id from last l) as last_id, (count(*) filter (where not f.is_missed))::int as queued,
      min(f.id) filter (where not f.is_missed) as first_queued_id
    from forgotten f
  `.execute(db);
  return rows[0] ?? { lastId: null, queued: 0, firstQueuedId: null };
}

/** Returns the id after which the newest changes begin. */
export async function newestChangesAfter(db: Db, changes: number): Promise<CaseChangeId> {
  const { rows } = await sql<{ id: CaseChangeId }>`
    select greatest(coalesce((select max(c.id) from tidings.case_changes c), 0) - ${changes}, 0)::bigint as id
  `.execute(db);
  return rows[0]?.id ?? BEFORE_ALL_CHANGES;
}

/**
 * Advances sequences that are behind the ids of their tables, as after rows that were replicated or restored with their
 * ids: each insert would be refused until the sequence has passed them. Returns the tables.
 */
export async function advanceSequences(db: Db): Promise<string[]> {
  const { rows } = await sql<{ table: string }>`
    select s.name as table, setval(s.sequence, s.highest)
    from (
      select t.name, pg_get_serial_sequence('tidings.' || t.name, 'id')::regclass as sequence, t.highest
      from (values
        ('case_changes', (select max(c.id) from tidings.case_changes c)),
        ('interactions', (select max(i.id) from tidings.interactions i)),
        ('resolve_queue', (select max(q.id) from tidings.resolve_queue q))
      ) t(name, highest)
    ) s
    where s.highest > coalesce(pg_sequence_last_value(s.sequence), 0)
  `.execute(db);
  return rows.map((row) => row.table);
}
