import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { Logger, runMigrations } from "graphile-worker";
import { sql } from "kysely";
import { Migrator, type Migration } from "kysely/migration";
import type { Pool } from "pg";
import { Fault } from "../../domain/fault.ts";
import { openDb } from "./db.ts";

const MIGRATIONS = join(import.meta.dirname, "../../../migrations");
const OLDEST_POSTGRES = 150_000;
/** Any number will do, as long as every daemon takes the same. */
const MIGRATION_LOCK = 7_170_443;

async function readMigrations(): Promise<Record<string, Migration>> {
  const files = (await readdir(MIGRATIONS)).filter((name) => /^\d{4}_\w+\.sql$/.test(name));
  const entries = files.toSorted().map(async (name): Promise<[string, Migration]> => {
    const text = await readFile(join(MIGRATIONS, name), "utf8");
    return [
      name.replace(/\.sql$/, ""),
      { up: async (db) => void (await sql.raw(text).execute(db)) },
    ];
  });
  return Object.fromEntries(await Promise.all(entries));
}

/**
 * Brings the queue's schema and ours up to date and returns the names of the migrations it applied.
 * Of daemons that start together one migrates and the others wait for it.
 */
export async function migrate(pool: Pool): Promise<string[]> {
  const lock = await pool.connect();
  try {
    const version = await lock.query<{ number: number }>(
      "select current_setting('server_version_num')::int as number",
    );
    const number = version.rows[0]?.number ?? 0;
    if (number < OLDEST_POSTGRES) throw new Fault("POSTGRES_TOO_OLD", `this is ${number}`);
    await lock.query("select pg_advisory_lock($1)", [MIGRATION_LOCK]);
    await runMigrations({ pgPool: pool, logger: new Logger(() => () => {}) });
    return await migrateOurs(pool);
  } finally {
    await lock.query("select pg_advisory_unlock($1)", [MIGRATION_LOCK]).catch(() => {});
    lock.release();
  }
}

async function migrateOurs(pool: Pool): Promise<string[]> {
  const migrator = new Migrator({
    db: openDb(pool),
    migrationTableSchema: "tidings",
    provider: { getMigrations: readMigrations },
  });
  const { error, results } = await migrator.migrateToLatest();
  if (error instanceof Error && error.message.startsWith("corrupted migrations"))
    throw new Fault("MIGRATIONS_DIFFER", error.message, error);
  if (error !== undefined) throw error;
  return (results ?? []).map((result) => result.migrationName);
}
