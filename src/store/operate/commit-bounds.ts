import { sql } from "kysely";
import type { LeafSource } from "../../domain/tree/leaf-sources.ts";
import type { Db } from "../postgres/db.ts";

/**
 * Returns for each row, by source and id, the time of the first head of the record tree that has it. The row was committed at that time
 * at the latest. A row that no head has yet is left out.
 */
export async function loadCommitBounds(
  db: Db,
  names: readonly { readonly source: LeafSource; readonly id: string }[],
): Promise<Map<string, Date>> {
  const { rows } = await sql<{ key: string; madeAt: Date }>`
    select n.source || ' ' || n.id as key, h.made_at
    from unnest(${names.map(({ source }) => source)}::text[], ${names.map(({ id }) => id)}::bigint[]) n(source, id)
    cross join lateral (
      select l.first_index + array_position(l.row_ids, n.id) - 1 as index
      from tidings.tree_leaves l
      where l.source = n.source and l.max_id >= n.id and l.min_id <= n.id and n.id = any(l.row_ids)
      order by l.max_id
      limit 1
    ) p
    cross join lateral (select t.made_at from tidings.tree_heads t where t.size > p.index order by t.size limit 1) h
  `.execute(db);
  return new Map(rows.map(({ key, madeAt }) => [key, madeAt]));
}
