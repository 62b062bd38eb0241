import { randomBytes } from "node:crypto";
import { Client, type Pool } from "pg";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { readConfig } from "../../../src/config.ts";
import { openPool } from "../../../src/store/postgres/db.ts";
import { applyMigrations, migrate } from "../../../src/store/migrate/migrate.ts";
import { checkPreconditions } from "../../../src/store/postgres/preconditions.ts";

const LIMITS = readConfig({}).migration;
const name = `migrations_${randomBytes(6).toString("hex")}`;
const url = inject("adminUrl").replace("/postgres?", `/${name}?`);
const open = (): Pool => openPool({ url, actor: "test", max: 5, onLost: () => {} });
const admin = new Client({ connectionString: inject("adminUrl") });
const pool = open();

/** Migrations by name. Each test adds to those before it, as versions do. */
const texts: Record<string, string> = {};
const apply = (added: Record<string, string>, limits = LIMITS): Promise<string[]> =>
  applyMigrations(pool, Object.assign(texts, added), limits);
const applied = async (): Promise<string[]> => {
  const { rows } = await pool.query<{ name: string }>(
    "select name from tidings.kysely_migration order by name",
  );
  return rows.map((row) => row.name);
};

beforeAll(async () => {
  await admin.connect();
  await admin.query(`create database ${name}`);
});
afterAll(async () => {
  await pool.end();
  await admin.query(`drop database if exists ${name} with (force)`);
  await admin.end();
});

test("each migration commits by itself: those before a failing one are applied", async () => {
  const added = {
    "0001_a": "create table tidings.a (id int); insert into tidings.a values (1)",
    "0002_b": "create table tidings.b (id int); select 1 / 0",
  };
  await expect(apply(added)).rejects.toMatchObject({ code: "22012" });
  expect(await applied()).toEqual(["0001_a"]);
  expect(await apply({ "0002_b": "create table tidings.b (id int)" })).toEqual(["0002_b"]);
  expect(await apply({})).toEqual([]);
});

test("a migration that cannot get a lock gives up, changes nothing, and names the setting", async () => {
  const holder = await pool.connect();
  await holder.query("begin; lock table tidings.a in access share mode");
  const added = { "0003_c": "create table tidings.c (); alter table tidings.a add column n int" };
  await expect(apply(added, { ...LIMITS, lockMs: 20 })).rejects.toThrow(
    /^MIGRATION_TIMED_OUT: 0003_c did not get a lock .* raise MIGRATION_LOCK_TIMEOUT$/,
  );
  expect(await applied()).toEqual(["0001_a", "0002_b"]);
  await holder.query("rollback");
  holder.release();
  expect(await apply({}), "the table of its first statement was rolled back").toEqual(["0003_c"]);
});

test("a migration that waited for a lock continues once it is free", async () => {
  const holder = await pool.connect();
  await holder.query("begin; lock table tidings.a in access share mode");
  const migrating = apply(
    { "0004_d": "alter table tidings.a add column d int" },
    { ...LIMITS, lockMs: 500 },
  );
  for (let waiting = 0; waiting === 0;) {
    const { rowCount } = await pool.query("select from pg_locks where not granted");
    waiting = rowCount ?? 0;
  }
  await holder.query("rollback");
  holder.release();
  expect(await migrating).toEqual(["0004_d"]);
});

test("a statement that runs too long is canceled, and its migration rolled back", async () => {
  const added = { "0005_e": "create table tidings.e (); select pg_sleep(600)" };
  await expect(apply(added, { ...LIMITS, statementMs: 50 })).rejects.toThrow(
    /^MIGRATION_TIMED_OUT: 0005_e was canceled .* raise MIGRATION_STATEMENT_TIMEOUT/,
  );
  await apply({ "0005_e": "create table tidings.e ()" });
});

test("an index is built concurrently, outside a transaction, and again where the first try failed", async () => {
  await pool.query("insert into tidings.b values (1), (1)");
  const added = {
    "0006_index": `-- why
      drop index concurrently if exists tidings.b_ids; -- of a try that failed
      create unique index concurrently b_ids on tidings.b (id);`,
  };
  await expect(apply(added)).rejects.toMatchObject({ code: "23505" });
  const invalid = await pool.query("select from pg_index where not indisvalid");
  expect(invalid.rowCount, "what a failed try leaves behind").toBe(1);
  await pool.query("truncate tidings.b");
  expect(await apply({})).toEqual(["0006_index"]);
  expect((await pool.query("select from pg_index where not indisvalid")).rowCount).toBe(0);
});

test("a daemon that waits for its turn does not delay an index that is built concurrently", async () => {
  const other = open();
  const turn = await pool.connect();
  await turn.query("select pg_advisory_lock(7170443)");
  const waiting = migrate(other, LIMITS);
  for (let asked = 0; asked === 0;) {
    const { rowCount } = await pool.query(
      "select from pg_stat_activity where query like '%advisory_lock($1)%' and pid <> pg_backend_pid()",
    );
    asked = rowCount ?? 0;
  }
  const added = {
    "0007_index": `drop index concurrently if exists tidings.b_again;
      create index concurrently b_again on tidings.b (id)`,
  };
  expect(await apply(added)).toEqual(["0007_index"]);
  await turn.query("select pg_advisory_unlock(7170443)");
  turn.release();
  await expect(waiting, "a database that another version has migrated").rejects.toThrow(
    /^MIGRATIONS_DIFFER: this version does not have 0001_a, .*; run the version of Tidings that migrated this database, or use an empty database/,
  );
  await other.end();
});

test("of two that migrate at once one applies everything and the other nothing", async () => {
  await pool.query("drop schema tidings cascade");
  const other = open();
  const done = await Promise.all([migrate(pool, LIMITS), migrate(other, LIMITS)]);
  expect(done.filter((names) => names.length === 0)).toHaveLength(1);
  expect(done.flat()).toEqual(await applied());
  await other.end();
});

test("while others migrate an empty database, none of those that start finds it unsuitable", async () => {
  for (let round = 0; round < 3; round += 1) {
    const empty = `${name}_${round}`;
    await admin.query(`create database ${empty}`);
    const emptyUrl = url.replace(`/${name}?`, `/${empty}?`);
    const progress = { isMigrated: false };
    const starting = Array.from({ length: 6 }, async (_, place) => {
      const own = openPool({ url: emptyUrl, actor: "test", max: 4, onLost: () => {} });
      // two check and migrate as a daemon does, and the others check at every stage of it
      const waits = (): boolean => place > 1 && !progress.isMigrated;
      do await checkPreconditions({ url: emptyUrl, pool: own });
      while (waits());
      await migrate(own, LIMITS);
      progress.isMigrated = true;
      await checkPreconditions({ url: emptyUrl, pool: own });
      await own.end();
    });
    expect((await Promise.allSettled(starting)).map(({ status }) => status)).toEqual(
      starting.map(() => "fulfilled"),
    );
    await admin.query(`drop database ${empty} with (force)`);
  }
});
