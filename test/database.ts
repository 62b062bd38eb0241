import { randomBytes } from "node:crypto";
import { Client, type Pool } from "pg";
import { afterAll, afterEach, beforeAll, expect, inject } from "vitest";
import { createDb, openPool, type Db } from "../src/store/postgres/db.ts";

async function administer(statement: string): Promise<void> {
  const client = new Client({ connectionString: inject("adminUrl") });
  await client.connect();
  await client.query(statement);
  await client.end();
}

export interface TestDatabase {
  readonly url: string;
  readonly pool: Pool;
  readonly db: Db;
}

/**
 * After each story nothing may be left that waits for nothing. A story that makes such a row on purpose says so with
 * `waitsForNothing`.
 */
async function proveThatAllWaitsAreNamed(pool: Pool): Promise<void> {
  const { rows } = await pool.query(
    "select case_change_id, interaction_id from tidings.waiting_for_nothing limit 10",
  );
  expect(rows, "rows that wait for nothing").toEqual([]);
}

/** A database of this test file's own, cloned from the migrated template and dropped at the end. */
export function useDatabase({ waitsForNothing = false } = {}): TestDatabase {
  const name = `test_${randomBytes(6).toString("hex")}`;
  const url = inject("adminUrl").replace("/postgres?", `/${name}?`);
  const pool = openPool({ url, actor: "test", max: 8, onLost: () => {} });
  beforeAll(() =>
    administer(`create database ${name} template template_of_tests strategy file_copy`),
  );
  afterEach(async ({ task }) => {
    const isStory = task.file.filepath.includes("/test/stories/");
    if (isStory && !waitsForNothing) await proveThatAllWaitsAreNamed(pool);
  });
  afterAll(async () => {
    await pool.end();
    await administer(`drop database if exists ${name} with (force)`);
  });
  return { url, pool, db: createDb(pool) };
}

/** Changes the record as no role may, with the triggers off: a scene that cannot be reached in a test's time. */
export async function rewriteRecord(
  pool: Pool,
  statement: string,
  values: readonly unknown[] = [],
): Promise<void> {
  const client = await pool.connect();
  try {
    await client.query("begin; set local session_replication_role = replica");
    await client.query(statement, [...values]);
    await client.query("commit");
  } finally {
    client.release();
  }
}

/** Returns a time after all that is written, and before all that is written next. */
export async function timeBetweenWrites(pool: Pool): Promise<Date> {
  const { rows } = await pool.query<{ now: Date }>(
    "select clock_timestamp() + interval '1 millisecond' as now",
  );
  const now = rows[0]?.now ?? new Date(0);
  const isPast = async (): Promise<boolean | undefined> =>
    (
      await pool.query<{ past: boolean }>(
        "select clock_timestamp() >= $1::timestamptz + interval '1 ms' as past",
        [now],
      )
    ).rows[0]?.past;
  await expect.poll(isPast).toBe(true);
  return now;
}

/** Resolves when so many sessions of the pool's database wait for a lock, with a statement that contains the words. */
export async function untilWaitingForLock(
  pool: Pool,
  { sessions = 1, words = "" } = {},
): Promise<void> {
  const waiting =
    "select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock' and strpos(query, $1) > 0";
  await expect.poll(async () => (await pool.query(waiting, [words])).rowCount).toBe(sessions);
}
