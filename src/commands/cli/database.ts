import { existsSync } from "node:fs";
import { join } from "node:path";
import { readConfig, type Config } from "../../config.ts";
import { Fault } from "../../domain/fault.ts";
import { createDb, openPool, type Db } from "../../store/postgres/db.ts";
import { startEmbeddedPostgres } from "../../store/postgres/embedded-postgres.ts";
import { migrationsDiffer, readMigrationState } from "../../store/migrate/migration-state.ts";
import type { Place } from "../../store/postgres/preconditions.ts";
import { outageCode } from "../../store/postgres/retry.ts";
import { refuseMissingPrivilege, refuseUnreachable } from "../../store/postgres/unreachable.ts";

/**
 * Runs a command's work on the configured database. Without DATABASE_URL that is the embedded Postgres: a running one
 * is used and left running, and a stopped one runs for the duration of the work. `actor` is written into the
 * transitions of the work. Throws PRIVILEGE_MISSING where the database role may not do the work, and DATABASE_UNREACHABLE on
 * an outage.
 */
export async function withDatabase<Result>(
  actor: string,
  work: (db: Db, config: Config) => Promise<Result>,
): Promise<Result> {
  const config = readConfig(process.env);
  return await withPlace(actor, config, async ({ pool }) => {
    const db = createDb(pool);
    await checkSchema(db);
    return await work(db, config);
  });
}

/** Runs work on the configured database, whatever its schema. Throws PRIVILEGE_MISSING and DATABASE_UNREACHABLE as above. */
export async function withPlace<Result>(
  actor: string,
  config: Config,
  work: (place: Place) => Promise<Result>,
): Promise<Result> {
  await using open = new AsyncDisposableStack();
  const url = config.databaseUrl ?? (await borrowEmbedded(open, config.dataDir));
  const pool = openPool({ url, actor, max: 2, onLost: () => {}, mayBeStandby: true });
  open.defer(() => pool.end());
  try {
    return await work({ url, pool });
  } catch (error) {
    refuseByName(error);
  }
}

function refuseByName(error: unknown): never {
  if (outageCode(error) !== undefined) refuseUnreachable(error);
  refuseMissingPrivilege(error);
}

async function borrowEmbedded(open: AsyncDisposableStack, dataDir: string): Promise<string> {
  const directory = join(dataDir, "postgres");
  if (!existsSync(join(directory, "PG_VERSION")))
    throw new Fault(
      "CONFIG_INVALID",
      `DATABASE_URL is not set, and there is no embedded Postgres in ${directory}: set DATABASE_URL, or let \`tidings start\` make one`,
    );
  const postgres = await startEmbeddedPostgres(directory);
  if (!postgres.adopted) open.defer(() => postgres.stop());
  return postgres.url;
}

async function checkSchema(db: Db): Promise<void> {
  const { pending, unknown } = await readMigrationState(db).catch(refuseUnreachable);
  // a newer version has all of our migrations and more, and this program can still read its tables
  if (pending.length > 0 && unknown.length > 0)
    throw migrationsDiffer(`this version does not have ${unknown.join(", ")}`);
  if (pending.length > 0)
    throw new Fault(
      "SCHEMA_OUTDATED",
      `it lacks ${pending.join(", ")}; run \`tidings migrate\`, or restart the daemon if it is the embedded Postgres`,
    );
}
