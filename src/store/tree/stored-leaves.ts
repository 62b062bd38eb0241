import { type RawBuilder, sql } from "kysely";
import type { InteractionId } from "../../domain/ids.ts";
import type { LeafSource } from "../../domain/tree/leaf-sources.ts";
import type { Db } from "../postgres/db.ts";
import type { IdRange } from "./leaves.ts";

/** Consecutive leaves of one source. */
export interface StoredLeaves {
  readonly firstIndex: number;
  readonly source: LeafSource;
  readonly rowIds: readonly string[];
  /** 32 bytes for each row. */
  readonly hashes: Buffer;
}

/** The leaves from an index on, in the order of the tree; null at its end. */
export async function loadStoredLeaves(db: Db, index: number): Promise<StoredLeaves | null> {
  const { rows } = await sql<StoredLeaves>`
    select l.first_index::float8 as first_index, l.source, l.row_ids::text[] as row_ids, l.hashes
    from tidings.tree_leaves l
    where l.first_index >= ${index}
    order by l.first_index
    limit 1
  `.execute(db);
  return rows[0] ?? null;
}

/**
 * A leaf whose row is no longer as it was. Erased and sealed rows have the hash that their erasure or change has on record. A deletion on
 * record names each deleted row. Altered and removed rows are flaws.
 */
export interface WrongLeaf {
  readonly id: string;
  readonly what: "altered" | "removed" | "erased" | "sealed" | "deleted";
  /** The interaction, if the leaf is the state of one, whose `id` is that of its newest transition; otherwise null. */
  readonly interactionId: InteractionId | null;
}

/** The erasure that has changed the row of a leaf `l`. */
const erasureOf = (source: LeafSource): RawBuilder<unknown> => sql`case ${source}
              when 'caseChanges' then (select x.id from tidings.erasures x where x.case_change_id = l.id)
              when 'loggedInteractions' then (select x.id from tidings.erasures x where x.interaction_id = l.id)
              when 'interactions' then (
                select x.id from tidings.interaction_transitions t join tidings.erasures x on x.interaction_id = t.interaction_id where t.id = l.id)
              when 'receipts' then (select x.id from tidings.receipts r join tidings.erasures x on x.interaction_id = r.interaction_id where r.id = l.id)
              else (
                select x.id from tidings.erasures x where x.record_change_id = l.id
                union all
                select x.id from tidings.record_changes h
                join tidings.erasures x on x.interaction_id = case when h.row_id ~ '^[0-9]{1,18}$' then h.row_id::bigint end
                where h.id = l.id and h.table_name = 'interactions') end`;

/** True if the leaf `l`, or its sealed form `s`, was erased to the present row `p`. */
const isErased = (source: LeafSource): RawBuilder<unknown> => sql`
  ${source} in ('interactions', 'loggedInteractions', 'recordChanges', 'receipts', 'caseChanges') and exists (
    select from tidings.erasures e
    where e.id = ${erasureOf(source)}
      and e.leaves @> jsonb_build_array(jsonb_build_object('source', ${source}::text, 'id', l.id::text,
        'was', coalesce(s.sealed_sha256, encode(l.hash, 'hex')), 'is', encode(p.hash, 'hex')))
  )
`;

/**
 * Compares leaves with the rows as they are now. An interaction that has moved on has a later leaf with its present state, and is
 * not compared.
 */
export async function findWrongLeaves(
  db: Db,
  { source, rowIds, hashes }: StoredLeaves,
): Promise<WrongLeaf[]> {
  const [first, last] = [rowIds[0], rowIds.at(-1)];
  if (first === undefined || last === undefined) return [];
  const { rows } = await sql<WrongLeaf>`
    with leaf as materialized (
      select k.id, substring(${hashes}::bytea from (k.place::int - 1) * 32 + 1 for 32) as hash
      from unnest(${rowIds}::bigint[]) with ordinality as k(id, place)
    ),
    present as materialized (
      select r.id, sha256('\\x00'::bytea || convert_to(r.leaf, 'UTF8')) as hash
      from tidings.record_leaves r
      where r.source = ${source} and r.id >= ${first}::bigint and r.id <= ${last}::bigint and r.id = any(${rowIds}::bigint[])
    )
    select l.id::text as id, case
        when p.id is null and exists (
          select from tidings.deletions d where d.leaves @> jsonb_build_object(${source}::text, jsonb_build_array(l.id))
        ) then 'deleted'
        when p.id is null then 'removed'
        when encode(p.hash, 'hex') = s.sealed_sha256 then 'sealed'
        when ${isErased(source)} then 'erased'
        else 'altered' end as what,
      case when ${source} = 'interactions' then (select t.interaction_id from tidings.interaction_transitions t where t.id = l.id) end as interaction_id
    from leaf l
    left join present p on p.id = l.id
    -- the hash of the leaf of a logged interaction after its content was sealed
    left join lateral (
      select h.changes #>> '{content,sealed,is}' as sealed_sha256
      from tidings.record_changes h
      where ${source} = 'loggedInteractions' and p.hash is distinct from l.hash and h.table_name = 'interactions' and h.row_id = l.id::text
        and h.changes #>> '{content,sealed,was}' = encode(l.hash, 'hex')
      limit 1
    ) s on true
    where p.hash is distinct from l.hash
      and not (${source} = 'interactions' and p.id is null and exists (
        select from tidings.interaction_transitions t
        join tidings.interaction_transitions n on n.interaction_id = t.interaction_id and n.id > t.id
        where t.id = l.id
      ))
    order by l.id
  `.execute(db);
  return rows;
}

/** The ids of rows of a range that are no leaves: they were added past the daemons, or with an id of the past. */
export async function findRowsWithoutLeaf(
  db: Db,
  { source, after, last }: IdRange,
  limit: number,
): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select r.id::text as id from tidings.record_leaves r
    where r.source = ${source} and r.id > ${after} and r.id <= ${last}
    except
    select k.id::text from (
      select unnest(l.row_ids) as id from tidings.tree_leaves l
      where l.source = ${source} and l.max_id > ${after} and l.min_id <= ${last}
    ) k
    limit ${limit}
  `.execute(db);
  return rows.map((row) => row.id);
}
