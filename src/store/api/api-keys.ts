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

const THIS_HOUR = sql<Date>`date_trunc('hour', now())`;

/** Stores a key in the name of the connection's actor. False if a key with that name is in use. */
export async function insertApiKey(db: Db, key: NewApiKey): Promise<boolean> {
  const { name, prefix, hash, scopes, validDays = null } = key;
  const expiresAt = sql<Date>`clock_timestamp() + make_interval(days => ${validDays}::int)`;
  const inserted = await db
    .insertInto("apiKeys")
    .values({ name, prefix, hash, scopes: [...scopes], expiresAt })
    .onConflict((on) => on.column("name").where("revokedAt", "is", null).doNothing())
    .returning("id")
    .executeTakeFirst();
  return inserted !== undefined;
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
  return await db
    .selectFrom("apiKeys")
    .select(["id", "name", "hash", "scopes"])
    .select((key) =>
      sql<boolean>`coalesce(${key.ref("lastUsedAt")} >= ${THIS_HOUR}, false)`.as("usedThisHour"),
    )
    .where("prefix", "=", prefix)
    .where("revokedAt", "is", null)
    .where((is) => is.or([is("expiresAt", "is", null), is("expiresAt", ">", sql<Date>`now()`)]))
    .executeTakeFirst();
}

/** Records that the key was used in this hour. */
export async function recordKeyUse(db: Db, id: string): Promise<void> {
  await db
    .updateTable("apiKeys")
    .set({ lastUsedAt: THIS_HOUR })
    .where("id", "=", id)
    .where("lastUsedAt", "is distinct from", THIS_HOUR)
    .execute();
}

/** Lists all keys, also those that are revoked or have expired. */
export async function listApiKeys(db: Db): Promise<ApiKey[]> {
  return await db
    .selectFrom("apiKeys")
    .select(["id", "name", "prefix", "scopes", "createdAt", "createdBy", "expiresAt"])
    .select(["lastUsedAt", "revokedAt", "revokedBy"])
    .select((key) =>
      sql<boolean>`coalesce(${key.ref("expiresAt")} <= now(), false)`.as("isExpired"),
    )
    .orderBy("id")
    .execute();
}

/** Revokes the key with this name permanently, in the name of the connection's actor. False if none is in use. */
export async function revokeApiKey(db: Db, name: string): Promise<boolean> {
  const revoked = await db
    .updateTable("apiKeys")
    .set({
      revokedAt: sql<Date>`clock_timestamp()`,
      revokedBy: sql<string>`tidings.moved_by()`,
    })
    .where("name", "=", name)
    .where("revokedAt", "is", null)
    .returning("id")
    .executeTakeFirst();
  return revoked !== undefined;
}
