import { sql } from "kysely";
import type { Db } from "../postgres/db.ts";

/** The root of the tree at a size. */
export interface TreeHead {
  readonly size: number;
  readonly root: Buffer;
  readonly madeAt: Date;
  /** Both null without a signing key. */
  readonly keyId: string | null;
  readonly signature: Buffer | null;
}

/** Adds a head. False if there is one of this size. */
export async function insertHead(db: Db, head: TreeHead): Promise<boolean> {
  const { size, root, madeAt, keyId, signature } = head;
  const { numAffectedRows = 0n } = await sql`
    insert into tidings.tree_heads (size, root, made_at, key_id, signature)
    values (${size}, ${root}, ${madeAt}, ${keyId}, ${signature})
    on conflict do nothing
  `.execute(db);
  return numAffectedRows > 0n;
}

/** Keeps a public key, so that an evidence pack can have it. */
export async function noteKey(db: Db, keyId: string, publicKey: Buffer): Promise<void> {
  await sql`
    insert into tidings.tree_keys (key_id, public_key) values (${keyId}, ${publicKey}) on conflict do nothing
  `.execute(db);
}

/** A public key with which a daemon has signed heads. */
export interface NotedKey {
  readonly keyId: string;
  /** SubjectPublicKeyInfo (RFC 8410). */
  readonly publicKey: Buffer;
}

/** Lists the public keys. */
export async function listKeys(db: Db): Promise<NotedKey[]> {
  const { rows } = await sql<NotedKey>`
    select k.key_id, k.public_key from tidings.tree_keys k order by k.key_id
  `.execute(db);
  return rows;
}

/** The public key of this id as SubjectPublicKeyInfo, or null. */
export async function readKey(db: Db, keyId: string): Promise<Buffer | null> {
  const { rows } = await sql<{ publicKey: Buffer }>`
    select k.public_key from tidings.tree_keys k where k.key_id = ${keyId}
  `.execute(db);
  return rows[0]?.publicKey ?? null;
}

/** The head of this size, or null. */
export async function readHead(db: Db, size: number): Promise<TreeHead | null> {
  const [head = null] = await listHeads(db, size, size);
  return head;
}

/** The newest head, or null. */
export async function readLastHead(db: Db): Promise<TreeHead | null> {
  const { rows } = await sql<TreeHead>`
    select h.size::float8 as size, h.root, h.made_at, h.key_id, h.signature from tidings.tree_heads h order by h.size desc limit 1
  `.execute(db);
  return rows[0] ?? null;
}

/**
 * Loads for each leaf the first head that has it, is smaller than `below` and is signed by this key. The result has the heads by the index
 * of the leaf. Leaves without such a head are left out.
 */
export async function loadFirstSigned(
  db: Db,
  indexes: readonly number[],
  { keyId, below }: { readonly keyId: string; readonly below: number },
): Promise<Map<number, TreeHead>> {
  const { rows } = await sql<TreeHead & { index: number }>`
    select n.index::float8 as index, h.size::float8 as size, h.root, h.made_at, h.key_id, h.signature
    from unnest(${indexes}::bigint[]) n(index)
    cross join lateral (
      select t.* from tidings.tree_heads t
      where t.size > n.index and t.size < ${below} and t.key_id = ${keyId} and t.signature is not null
      order by t.size
      limit 1
    ) h
  `.execute(db);
  return new Map(rows.map(({ index, ...head }) => [index, head]));
}

/** The heads of sizes from `from` on up to `until`, the smallest first. */
export async function listHeads(db: Db, from: number, until: number): Promise<TreeHead[]> {
  const { rows } = await sql<TreeHead>`
    select h.size::float8 as size, h.root, h.made_at, h.key_id, h.signature
    from tidings.tree_heads h
    where h.size >= ${from} and h.size <= ${until}
    order by h.size
  `.execute(db);
  return rows;
}
