import { sql } from "kysely";
import type { Db } from "../postgres/db.ts";

/** A key as it is kept: whoever reads it cannot call with it. */
export interface ApiKey {
  readonly id: string;
  readonly name: string;
  /** The part of the key that may be shown, and by which it is found. */
  readonly prefix: string;
  readonly scopes: readonly string[];
  readonly createdAt: Date;
  readonly createdBy: string;
  readonly revokedAt: Date | null;
  readonly revokedBy: string | null;
}

export interface NewApiKey {
  readonly name: string;
  readonly prefix: string;
  readonly hash: Buffer;
  readonly scopes: readonly string[];
}

/** Keeps a key in the name of the connection's actor; false where a key of that name is in use. */
export async function insertApiKey(db: Db, key: NewApiKey): Promise<boolean> {
  const { rows } = await sql`
    insert into tidings.api_keys (name, prefix, hash, scopes)
    values (${key.name}, ${key.prefix}, ${key.hash}, ${key.scopes}::text[])
    on conflict (name) where revoked_at is null do nothing
    returning id
  `.execute(db);
  return rows.length > 0;
}

export interface KnownKey {
  readonly id: string;
  readonly name: string;
  readonly hash: Buffer;
  readonly scopes: readonly string[];
}

/** The key of this prefix, unless it is revoked. */
export async function findApiKey(db: Db, prefix: string): Promise<KnownKey | undefined> {
  const { rows } = await sql<KnownKey>`
    select k.id, k.name, k.hash, k.scopes from tidings.api_keys k where k.prefix = ${prefix} and k.revoked_at is null
  `.execute(db);
  return rows[0];
}

export async function listApiKeys(db: Db): Promise<ApiKey[]> {
  const { rows } = await sql<ApiKey>`
    select k.id, k.name, k.prefix, k.scopes, k.created_at, k.created_by, k.revoked_at, k.revoked_by
    from tidings.api_keys k
    order by k.id
  `.execute(db);
  return rows;
}

/** Revokes the key of this name for good, in the name of the connection's actor; false where none is in use. */
export async function revokeApiKey(db: Db, name: string): Promise<boolean> {
  const { rows } = await sql`
    update tidings.api_keys k
    set revoked_at = clock_timestamp(), revoked_by = tidings.moved_by()
    where k.name = ${name} and k.revoked_at is null
    returning k.id
  `.execute(db);
  return rows.length > 0;
}
