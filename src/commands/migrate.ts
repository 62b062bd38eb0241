import { readConfig } from "../config.ts";
import { Fault } from "../domain/fault.ts";
import { openPool } from "../store/postgres/db.ts";
import { migrate as applyMigrations } from "../store/migrate/migrate.ts";
import { checkPreconditions } from "../store/postgres/preconditions.ts";
import { refuseUnreachable } from "../store/postgres/unreachable.ts";
import { command } from "./cli/command.ts";
import type { Print } from "./cli/print.ts";
import { EXIT, type ExitCode } from "./cli/exit-codes.ts";

/** Applies pending migrations to DATABASE_URL and prints them. */
export const migrate = command({
  name: "migrate",
  summary: "apply pending migrations to DATABASE_URL",
  options: {},
  run: ({ print }) => migrateDatabase(print),
});

async function migrateDatabase(print: Print): Promise<ExitCode> {
  const { databaseUrl, migration } = readConfig(process.env);
  if (databaseUrl === undefined)
    throw new Fault(
      "CONFIG_INVALID",
      "DATABASE_URL is missing; the embedded Postgres is migrated by `tidings start`",
    );
  const pool = openPool({ url: databaseUrl, actor: "migrate", max: 3, onLost: () => {} });
  try {
    await checkPreconditions({ url: databaseUrl, pool }).catch(refuseUnreachable);
    const applied = await applyMigrations(pool, migration);
    print(
      applied.length === 0
        ? "The schema is up to date."
        : applied.map((name) => `applied ${name}`).join("\n"),
    );
    return EXIT.done;
  } finally {
    await pool.end();
  }
}
