import { readConfig } from "../config.ts";
import { Fault } from "../domain/fault.ts";
import { openPool } from "../store/postgres/db.ts";
import { migrate as applyMigrations } from "../store/migrate/migrate.ts";
import { checkPreconditions } from "../store/postgres/preconditions.ts";
import { refuseUnreachable } from "../store/postgres/unreachable.ts";
import { command } from "./cli/command.ts";
import { JSON_OPTION, type Output, printResult } from "./cli/json.ts";
import { EXIT, type ExitCode } from "./cli/exit-codes.ts";

/** Applies pending migrations to DATABASE_URL and prints them. */
export const migrate = command({
  name: "migrate",
  summary: "apply pending migrations to DATABASE_URL",
  takes: "[--json]",
  options: { ...JSON_OPTION },
  run: ({ options, print }) => migrateDatabase({ print, json: options.json === true }),
});

async function migrateDatabase(output: Output): Promise<ExitCode> {
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
    const words =
      applied.length === 0
        ? ["The schema is up to date."]
        : applied.map((name) => `applied ${name}`);
    printResult(output, { applied }, words);
    return EXIT.done;
  } finally {
    await pool.end();
  }
}
