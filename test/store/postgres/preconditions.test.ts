import { randomBytes } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, inject, test } from "vitest";
import { Fault } from "../../../src/domain/fault.ts";
import { openPool } from "../../../src/store/postgres/db.ts";
import { startEmbeddedPostgres } from "../../../src/store/postgres/embedded-postgres.ts";
import { checkPreconditions, findObstacles } from "../../../src/store/postgres/preconditions.ts";
import { outageCode } from "../../../src/store/postgres/retry.ts";
import { rolesSql } from "../../../src/store/rights/roles.ts";
import { useDatabase } from "../../database.ts";

const { url, pool } = useDatabase();
const admin = openPool({ url: inject("adminUrl"), actor: "test", max: 1, onLost: () => {} });
const suffix = randomBytes(4).toString("hex");
const database = new URL(url).pathname.slice(1);

afterAll(async () => {
  await admin.query(`drop database if exists latin_${suffix} with (force)`);
  for (const role of [
    "newcomer",
    "reader",
    "blind",
    "unsent",
    "halfblind",
    "stranger",
    "replica",
  ]) {
    await pool.query(`drop owned by ${role}_${suffix}`).catch(() => {});
    await admin.query(`drop role if exists ${role}_${suffix}`);
  }
  await admin.end();
});

/** The obstacles found there, or "" for none. */
async function obstaclesAt(there: string): Promise<string> {
  const own = openPool({ url: there, actor: "test", max: 1, onLost: () => {} });
  try {
    await checkPreconditions({ url: there, pool: own });
    return "";
  } catch (error) {
    if (error instanceof Fault && error.code === "DATABASE_UNSUITABLE") return error.detail;
    throw error;
  } finally {
    await own.end();
  }
}

const as = (role: string, there = url): string => there.replace("//tidings@", `//${role}@`);

async function createRole(name: string, ...grants: readonly string[]): Promise<string> {
  const role = `${name}_${suffix}`;
  await admin.query(`create role ${role} login`);
  for (const grant of grants) await pool.query(`${grant} ${role}`);
  return role;
}

test("there is no obstacle for the owner of a migrated database", async () => {
  expect(await obstaclesAt(url)).toBe("");
});

test("a database that is not UTF8 is refused before anything is created in it", async () => {
  await admin.query(
    `create database latin_${suffix} encoding 'LATIN1' locale 'C' template template0`,
  );
  const there = url.replace(`/${database}?`, `/latin_${suffix}?`);
  expect(await obstaclesAt(there)).toMatch(/^The encoding of database latin_\w+ is LATIN1.*UTF8/);
});

test("a role that may not create the schemas is refused with the grant that it needs", async () => {
  const role = await createRole("newcomer");
  const empty = as(role, inject("adminUrl"));
  expect(await obstaclesAt(empty)).toContain(`grant create on database postgres to ${role}`);
});

test("a role that may read and write nothing gets the list of tables", async () => {
  const role = await createRole("reader", "grant usage on schema tidings to");
  expect(await obstaclesAt(as(role))).toMatch(/may not read or write .*case_changes.*interactions/);
});

test("a role from which row level security hides the queue is refused until a policy shows it", async () => {
  const role = await createRole(
    "blind",
    "grant usage on schema tidings to",
    "grant select, insert, update on all tables in schema tidings to",
    "grant usage on schema tidings_queue to",
    "grant all on all tables in schema tidings_queue to",
  );
  expect(await obstaclesAt(as(role))).toMatch(
    /^Role blind_\w+ cannot see the jobs .*nothing would ever be sent/,
  );
  expect(await obstaclesAt(as(role))).toContain("tidings roles --daemon");
  await pool.query(rolesSql({ daemon: role }));
  expect(await obstaclesAt(as(role))).toBe("");
});

test("a role that sees the queue and may not send is refused", async () => {
  const role = await createRole("unsent");
  await pool.query(rolesSql({ daemon: role }));
  await pool.query(`revoke execute on function tidings.right_to_send() from ${role}`);
  expect(await obstaclesAt(as(role))).toMatch(
    /^Role unsent_\w+ may not plan or send .*`tidings roles --daemon ROLE`/,
  );
});

test("a role from which one table of the queue is hidden is refused", async () => {
  const role = await createRole("halfblind");
  await pool.query(rolesSql({ daemon: role }));
  await pool.query(`drop policy ${role} on tidings_queue._private_tasks`);
  expect(await obstaclesAt(as(role))).toMatch(/^Role halfblind_\w+ cannot see the jobs/);
});

test("a role without any right is refused with a sentence for each obstacle", async () => {
  const role = await createRole("stranger");
  expect(await obstaclesAt(as(role))).toMatch(/may not read or write .*cannot see the jobs/);
});

test("all obstacles are named at once", async () => {
  const role = await createRole("replica", "grant usage on schema tidings to");
  await admin.query(`alter role ${role} set session_replication_role = replica`);
  await admin.query(`alter role ${role} set default_transaction_read_only = on`);
  const obstacles = await obstaclesAt(as(role));
  expect(obstacles).toContain("default_transaction_read_only is on");
  expect(obstacles).toContain("session_replication_role is not origin");
  expect(obstacles).toContain("may not read or write");
});

test("a Postgres older than 15 is refused by its version", () => {
  const facts = {
    pid: 1,
    version: "14.11",
    versionNumber: 140_011,
    database: "d",
    role: "r",
    encoding: "UTF8",
    isStandby: false,
    isReadOnly: false,
    firesTriggers: true,
    maySetUp: true,
    closedTables: [],
    foreignSchemas: [],
    hidesJobs: false,
    maySend: true,
  };
  expect(findObstacles(facts)).toEqual([
    "Tidings needs Postgres 15 or later, and this is 14.11: upgrade the server, or use another one.",
  ]);
});

test("a standby counts as an outage, because it may be promoted, and is named", async () => {
  const dir = await mkdtemp(join(tmpdir(), "tidings-standby-"));
  await (await startEmbeddedPostgres(join(dir, "postgres"))).stop();
  await writeFile(join(dir, "postgres", "standby.signal"), "");
  const standby = await startEmbeddedPostgres(join(dir, "postgres"));
  const own = openPool({ url: standby.url, actor: "test", max: 1, onLost: () => {} });
  const met = await checkPreconditions({ url: standby.url, pool: own }).catch(
    (error: unknown) => error,
  );
  expect(outageCode(met)).toBe("25006");
  expect(String(met)).toContain("is a standby that only answers queries");
  await own.end();
  await standby.stop();
  await rm(dir, { recursive: true, force: true });
});
