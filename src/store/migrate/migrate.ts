import { setTimeout as sleep } from "node:timers/promises";
import { Logger, runMigrations } from "graphile-worker";
import { sql, type Kysely } from "kysely";
import { Migrator, type Migration, type MigrationResultSet } from "kysely/migration";
import { DatabaseError, type Pool, type PoolClient } from "pg";
import { Fault } from "../../domain/fault.ts";
import { constraintViolation } from "../postgres/constraint-violation.ts";
import { createDb } from "../postgres/db.ts";
import { QUEUE_SCHEMA, withOwnChannels } from "../postgres/queue-schema.ts";
import { readMigrations } from "./migration-files.ts";
import { migrationsDiffer, readMigrationState } from "./migration-state.ts";

/** An arbitrary number, the same for every daemon. */
const MIGRATION_LOCK = 7_170_443;
const LOCK_POLL_MS = 200;
const LOCK_TRIES = 5;
const LOCK_NOT_AVAILABLE = "55P03";
const QUERY_CANCELED = "57014";
const INSUFFICIENT_PRIVILEGE = "42501";

/** The limits on how long a migration may block others; 0 means without limit. */
export interface MigrationLimits {
  /** The longest wait for a lock (ms). Other statements queue behind a migration that waits for a lock. */
  readonly lockMs: number;
  /** The longest run of a statement (ms). Other statements wait while it holds its locks. */
  readonly statementMs: number;
}

/**
 * Brings the queue's schema and ours up to date and returns the names of the applied migrations. Each migration runs in
 * a separate transaction. Of daemons that start together one migrates and the others wait for it. Throws
 * MIGRATIONS_DIFFER if another version has migrated the database, MIGRATION_TIMED_OUT, and DATABASE_UNSUITABLE if the
 * role lacks rights.
 */
export async function migrate(pool: Pool, limits: MigrationLimits): Promise<string[]> {
  const texts = await readMigrations();
  const migrateBoth = async (): Promise<string[]> => {
    await migrateQueue(pool);
    return await applyMigrations(pool, texts, limits);
  };
  try {
    const { pending } = await readMigrationState(createDb(pool), Object.keys(texts));
    // The lock orders only migrations of ours. Each role of the database can take it, so a daemon whose database is up to
    // date must not wait for it.
    return pending.length === 0 ? await migrateBoth() : await withMigrationLock(pool, migrateBoth);
  } catch (error) {
    if (constraintViolation(error)?.sqlState !== INSUFFICIENT_PRIVILEGE) throw error;
    const reason = error instanceof Error ? error.message : "";
    throw new Fault(
      "DATABASE_UNSUITABLE",
      `The role may not migrate the schema (${reason}): run \`tidings migrate\` as the role that owns it.`,
      error,
    );
  }
}

/** graphile-worker itself allows several sessions to migrate its schema at the same time. */
const migrateQueue = (pool: Pool): Promise<void> =>
  runMigrations({
    pgPool: withOwnChannels(pool),
    schema: QUEUE_SCHEMA,
    logger: new Logger(() => () => {}),
  });

async function withMigrationLock<Result>(pool: Pool, work: () => Promise<Result>): Promise<Result> {
  const lock = await pool.connect();
  try {
    await takeMigrationLock(lock);
    return await work();
  } finally {
    await lock.query("select pg_advisory_unlock($1)", [MIGRATION_LOCK]).catch(() => {});
    lock.release();
  }
}

/**
 * Polls for the lock. A statement that waits inside Postgres holds a snapshot, and `create index concurrently` waits
 * for all older snapshots. Postgres does not detect this deadlock, so both would wait without end.
 */
async function takeMigrationLock(client: PoolClient): Promise<void> {
  for (;;) {
    const { rows } = await client.query<{ taken: boolean }>(
      "select pg_try_advisory_lock($1) as taken",
      [MIGRATION_LOCK],
    );
    if (rows[0]?.taken === true) return;
    await sleep(LOCK_POLL_MS);
  }
}

/** Applies the migrations, SQL by name, that are not yet in the database. The caller holds the migration lock. */
export async function applyMigrations(
  pool: Pool,
  texts: Readonly<Record<string, string>>,
  limits: MigrationLimits,
): Promise<string[]> {
  const db = createDb(pool);
  const { pending, unknown } = await readMigrationState(db, Object.keys(texts));
  if (unknown.length > 0)
    throw migrationsDiffer(`this version does not have ${unknown.join(", ")}`);
  const migrator = new Migrator({
    db,
    migrationTableSchema: "tidings",
    provider: { getMigrations: async () => migrationsOf(texts, limits) },
  });
  for (const name of pending)
    await retryOnLockTimeout(limits, () =>
      migrator.migrateUp({ disableTransactions: isConcurrent(texts[name] ?? "") }),
    );
  return [...pending];
}

const migrationsOf = (
  texts: Readonly<Record<string, string>>,
  limits: MigrationLimits,
): Record<string, Migration> =>
  Object.fromEntries(
    Object.entries(texts).map(([name, text]) => [
      name,
      { up: (db) => (isConcurrent(text) ? runConcurrently(db, text) : run(db, text, limits)) },
    ]),
  );

/** A migration with `concurrently` in it runs outside a transaction; a house test allows nothing else in its file. */
const isConcurrent = (text: string): boolean =>
  /\bconcurrently\b/i.test(text.replaceAll(/--.*/g, ""));

async function run(db: Kysely<unknown>, text: string, limits: MigrationLimits): Promise<void> {
  await sql`
    select set_config('lock_timeout', ${String(limits.lockMs)}, true),
      set_config('statement_timeout', ${String(limits.statementMs)}, true)
  `.execute(db);
  await sql.raw(text).execute(db);
}

/** Runs each statement separately and without limits: it may take hours, and no other statement waits for it. */
async function runConcurrently(db: Kysely<unknown>, text: string): Promise<void> {
  const statements = text.replaceAll(/--.*/g, "").split(";");
  for (const statement of statements.filter((one) => one.trim() !== ""))
    await sql.raw(statement).execute(db);
}

/** Tries again if a lock was not available in time. The pause lets queued statements run. */
async function retryOnLockTimeout(
  limits: MigrationLimits,
  migrateOne: () => Promise<MigrationResultSet>,
): Promise<void> {
  for (let left = LOCK_TRIES - 1; ; left--) {
    const { error, results } = await migrateOne();
    if (error === undefined) return;
    if (codeOf(error) !== LOCK_NOT_AVAILABLE || left === 0)
      throw faultOf(error, results?.at(-1)?.migrationName ?? "a migration", limits);
    await sleep(limits.lockMs);
  }
}

const codeOf = (error: unknown): string | undefined =>
  error instanceof DatabaseError ? error.code : undefined;

function faultOf(error: unknown, name: string, { lockMs, statementMs }: MigrationLimits): unknown {
  const code = codeOf(error);
  if (code === LOCK_NOT_AVAILABLE)
    return new Fault(
      "MIGRATION_TIMED_OUT",
      `${name} did not get a lock in ${lockMs} ms, in ${LOCK_TRIES} tries; migrate again when no long transaction runs, or raise MIGRATION_LOCK_TIMEOUT`,
      error,
    );
  if (code === QUERY_CANCELED)
    return new Fault(
      "MIGRATION_TIMED_OUT",
      `${name} was canceled and rolled back, the limit being ${statementMs} ms; raise MIGRATION_STATEMENT_TIMEOUT and migrate again`,
      error,
    );
  if (error instanceof Error && error.message.startsWith("corrupted migrations"))
    return migrationsDiffer(error.message, error);
  return error;
}
