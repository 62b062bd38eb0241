import { sql } from "kysely";
import { Fault } from "../../domain/fault.ts";
import type { Db } from "../postgres/db.ts";
import { migrationNames } from "./migration-files.ts";

export interface MigrationState {
  /** The migrations of this version that are not in the database; all of them if there is no schema yet. */
  readonly pending: readonly string[];
  /** The migrations of the database that this version does not have. */
  readonly unknown: readonly string[];
}

/** Compares the migrations of this version, or the named ones, with those in the database. */
export async function readMigrationState(
  db: Db,
  given?: readonly string[],
): Promise<MigrationState> {
  const names = given ?? (await migrationNames());
  const applied = await appliedMigrations(db);
  return {
    pending: names.filter((name) => !applied.includes(name)),
    unknown: applied.filter((name) => !names.includes(name)),
  };
}

async function appliedMigrations(db: Db): Promise<string[]> {
  const { rows } = await sql<{ migrated: boolean }>`
    select to_regclass('tidings.kysely_migration') is not null as migrated
  `.execute(db);
  if (rows[0]?.migrated !== true) return [];
  const applied = await sql<{ name: string }>`
    select m.name from tidings.kysely_migration m order by m.name
  `.execute(db);
  return applied.rows.map((row) => row.name);
}

/** The fault of a database that another version has migrated. `which` names the difference. */
export const migrationsDiffer = (which: string, cause?: unknown): Fault =>
  new Fault(
    "MIGRATIONS_DIFFER",
    `${which}; run the version of Tidings that migrated this database, or use an empty database ` +
      "(for the embedded Postgres: delete `postgres` under DATA_DIR)",
    cause,
  );
