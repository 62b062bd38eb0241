import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { sql } from "kysely";
import type { Db } from "./db.ts";

const MIGRATIONS = join(import.meta.dirname, "../../../migrations");

/** The migrations of this program that the database has not seen; all of them where there is no schema yet. */
export async function pendingMigrations(db: Db): Promise<string[]> {
  const names = (await readdir(MIGRATIONS))
    .filter((file) => file.endsWith(".sql"))
    .map((file) => file.replace(/\.sql$/, ""));
  const { rows } = await sql<{ migrated: boolean }>`
    select to_regclass('tidings.kysely_migration') is not null as migrated
  `.execute(db);
  if (rows[0]?.migrated !== true) return names.toSorted();
  const applied = await sql<{ name: string }>`
    select m.name from tidings.kysely_migration m
  `.execute(db);
  const known = new Set(applied.rows.map((row) => row.name));
  return names.filter((name) => !known.has(name)).toSorted();
}
