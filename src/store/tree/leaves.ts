import { sql } from "kysely";
import { LEAF_SOURCES, type LeafSource } from "../../domain/tree/leaf-sources.ts";
import type { Db } from "../postgres/db.ts";

/** The size of the tree and the rows that are its leaves. */
export interface TreeState {
  readonly size: number;
  /** The roots of the perfect subtrees, 32 bytes each, the largest first. */
  readonly frontier: Buffer;
  /** For each source the id up to which every row is a leaf; a source without rows is left out. */
  readonly swept: SweptIds;
}
export type SweptIds = Readonly<Partial<Record<LeafSource, string>>>;

/** Locks the tree for this transaction. Undefined while another daemon has it. */
export async function lockTree(transaction: Db): Promise<TreeState | undefined> {
  const { rows } = await sql<TreeState>`
    select s.size::float8 as size, s.frontier, s.swept from tidings.tree_state s for update skip locked
  `.execute(transaction);
  return rows[0];
}

/** Writes the state of the tree, in the transaction that has locked it. */
export async function recordTreeState(
  transaction: Db,
  { size, frontier, swept }: TreeState,
): Promise<void> {
  await sql`
    update tidings.tree_state s set size = ${size}, frontier = ${frontier}, swept = ${JSON.stringify(swept)}::jsonb
  `.execute(transaction);
}

/** A range of ids of a source; the first is not in it. */
export interface IdRange {
  readonly source: LeafSource;
  readonly after: bigint;
  readonly last: bigint;
}

/** Adds the rows of a range that are not leaves yet, in the order of their ids. Returns their hashes, 32 bytes each. */
export async function addLeaves(
  transaction: Db,
  { source, after, last }: IdRange,
  firstIndex: number,
): Promise<Buffer> {
  const known = await sql<{ id: string }>`
    select k.id from (
      select unnest(l.row_ids) as id from tidings.tree_leaves l
      where l.source = ${source} and l.max_id > ${after} and l.min_id <= ${last}
    ) k
    where k.id > ${after} and k.id <= ${last}
  `.execute(transaction);
  // every id of the range is a leaf, so the rows need not be read a second time
  if (BigInt(known.rows.length) === last - after) return Buffer.alloc(0);
  const { rows } = await sql<{ hashes: Buffer }>`
    insert into tidings.tree_leaves (first_index, source, row_ids, hashes, min_id, max_id)
    select ${firstIndex}, ${source}, array_agg(n.id order by n.id), string_agg(n.hash, '' order by n.id), min(n.id), max(n.id)
    from (
      select r.id, sha256('\\x00'::bytea || convert_to(r.leaf, 'UTF8')) as hash
      from tidings.record_leaves r
      where r.source = ${source} and r.id > ${after} and r.id <= ${last} and r.id <> all(${known.rows.map((row) => row.id)}::bigint[])
    ) n
    having count(*) > 0
    returning hashes
  `.execute(transaction);
  return rows[0]?.hashes ?? Buffer.alloc(0);
}

/** The highest ids that the sources have given, and the moment in the order of transactions. */
export interface IdsGiven {
  readonly last: Readonly<Record<LeafSource, bigint>>;
  /** Every transaction below this one has ended. */
  readonly allEndedBelow: bigint;
  /** Every transaction that has its number by now is below this one. */
  readonly nextTransaction: bigint;
}

/** Reads the highest ids. Rows with lower ids may still be in transactions that are not committed. */
export async function readIdsGiven(db: Db): Promise<IdsGiven> {
  const { rows } = await sql<{
    last: Record<LeafSource, string>;
    allEndedBelow: string;
    nextTransaction: string;
  }>`
    select (select json_object_agg(l.source, l.last_id::text) from tidings.record_leaf_ids l) as last,
      pg_snapshot_xmin(pg_current_snapshot())::text as all_ended_below,
      -- not the xmax of the snapshot: that is one above the last transaction that has ended, and later ones may run already
      pg_current_xact_id()::text as next_transaction
  `.execute(db);
  const given = rows[0];
  const last = LEAF_SOURCES.map((source) => [source, BigInt(given?.last[source] ?? 0)] as const);
  return {
    last: Object.fromEntries(last) as Record<LeafSource, bigint>,
    allEndedBelow: BigInt(given?.allEndedBelow ?? 0),
    nextTransaction: BigInt(given?.nextTransaction ?? 0),
  };
}

/** Reads the state of the tree. */
export async function readTreeState(db: Db): Promise<TreeState> {
  const { rows } = await sql<TreeState>`
    select s.size::float8 as size, s.frontier, s.swept from tidings.tree_state s
  `.execute(db);
  return rows[0] ?? { size: 0, frontier: Buffer.alloc(0), swept: {} };
}

/** Reads the highest id that each source has given. */
export async function readLastIds(db: Db): Promise<SweptIds> {
  const { rows } = await sql<{ last: SweptIds }>`
    select json_object_agg(l.source, l.last_id::text) as last from tidings.record_leaf_ids l
  `.execute(db);
  return rows[0]?.last ?? {};
}
