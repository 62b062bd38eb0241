import { sql } from "kysely";
import type { Db } from "../postgres/db.ts";

/** A key as it is stored. The stored data cannot be used to make a call. */
export interface ApiKey {
  readonly id: string;
  readonly name: string;
  /** The part of the key that may be shown, and that identifies it. */
  readonly prefix: string;
  readonly scopes: readonly string[];
  readonly createdAt: Date;
  readonly createdBy: string;
  /** Null: it does not expire. */
  readonly expiresAt: Date | null;
  readonly isExpired: boolean;
  /** To the hour; null if it was never used. */
  readonly lastUsedAt: Date | null;
  readonly revokedAt: Date | null;
  readonly revokedBy: string | null;
}

export interface NewApiKey {
  readonly name: string;
  readonly prefix: string;
  readonly hash: Buffer;
  readonly scopes: readonly string[];
  /** Undefined: it does not expire. */
  readonly validDays?: number | undefined;
}

/** Stores a key in the name of the connection's actor. False if a key with that name is in use. */
export async function insertApiKey(db: Db, key: NewApiKey): Promise<boolean> {
  const { rows } = await sql`
    insert into tidings.api_keys (name, prefix, hash, scopes, expires_at)
    values (${key.name}, ${key.prefix}, ${key.hash}, ${key.scopes}::text[],
      clock_timestamp() + make_interval(days => ${key.validDays ?? null}::int))
    on conflict (name) where revoked_at is null do nothing
    returning id
  `.execute(db);
  return rows.length > 0;
}

export interface ValidKey {
  readonly id: string;
  readonly name: string;
  readonly hash: Buffer;
  readonly scopes: readonly string[];
  readonly usedThisHour: boolean;
}

/** Finds the key with this prefix, unless it is revoked or expired. */
export async function findApiKey(db: Db, prefix: string): Promise<ValidKey | undefined> {
  const { rows } = await sql<ValidKey>`
    select k.id, k.name, k.hash, k.scopes, coalesce(k.last_used_at >= date_trunc('hour', now()), false) as used_this_hour
    from tidings.api_keys k
    where k.prefix = ${prefix} and k.revoked_at is null and (k.expires_at is null or k.expires_at > now())
  `.execute(db);
  return rows[0];
}

/** Records that the key was used in this hour. */
export async function recordKeyUse(db: Db, id: string): Promise<void> {
  await sql`
    update tidings.api_keys k set last_used_at = date_trunc('hour', now())
    where k.id = ${id}::bigint and k.last_used_at is distinct from date_trunc('hour', now())
  `.execute(db);
}

export async function listApiKeys(db: Db): Promise<ApiKey[]> {
  const { rows } = await sql<ApiKey>`
    select k.id, k.name, k.prefix, k.scopes, k.created_at, k.created_by, k.expires_at, k.last_used_at, k.revoked_at, k.revoked_by,
      coalesce(k.expires_at <= now(), false) as is_expired
    from tidings.api_keys k
    order by k.id
  `.execute(db);
  return rows;
}

/** Revokes the key with this name permanently, in the name of the connection's actor. False if none is in use. */
export async function revokeApiKey(db: Db, name: string): Promise<boolean> {
  const { rows } = await sql`
    update tidings.api_keys k
    set revoked_at = clock_timestamp(), revoked_by = tidings.moved_by()
    where k.name = ${name} and k.revoked_at is null
    returning k.id
  `.execute(db);
  return rows.length > 0;
}
