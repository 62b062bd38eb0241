import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Pool } from "pg";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { verify } from "../../src/commands/verify/verify.ts";
import { createDb, openPool, type Db } from "../../src/store/postgres/db.ts";
import {
  startEmbeddedPostgres,
  type EmbeddedPostgres,
} from "../../src/store/postgres/embedded-postgres.ts";
import { runOn } from "../commands/run.ts";
import { rewriteRecord, untilWaitingForLock } from "../database.ts";
import { type DaemonProcess, spawnDaemon } from "../daemon-process.ts";
import { insertAllLogged } from "../interactions.ts";
import { insertChanges, insertLender, insertType } from "../lender.ts";
import { growTree } from "../tree.ts";

const MAIN = new URL("../../src/main.ts", import.meta.url).pathname;
const root = mkdtempSync(join(tmpdir(), "tidings-erase-crash-"));

let postgres: EmbeddedPostgres;
let pool: Pool;
let db: Db;
let borrowers = 0;
let borrower: string;
const daemons: DaemonProcess[] = [];

/** A server that waits for the disk at every commit, as the daemon starts it. */
async function startPostgres(): Promise<void> {
  postgres = await startEmbeddedPostgres(join(root, "postgres"));
  pool = openPool({ url: postgres.url, actor: "test", max: 8, onLost: () => {} });
  pool.on("error", () => {});
  db = createDb(pool);
}

const database = () => ({ url: postgres.url, pool, db });

/** A zone in which it is two at night, when a daemon erases. */
function zoneOfNight(): string {
  const hourIn = (timeZone: string): string =>
    new Date().toLocaleString("en-US", { timeZone, hourCycle: "h23", hour: "2-digit" });
  return Intl.supportedValuesOf("timeZone").find((zone) => hourIn(zone) === "02") ?? "UTC";
}

async function startDaemon(): Promise<DaemonProcess> {
  const daemon = spawnDaemon({
    DATABASE_URL: postgres.url,
    DATA_DIR: root,
    LENDER_TIME_ZONE: zoneOfNight(),
  });
  daemons.push(daemon);
  await daemon.waitFor("daemon.started");
  return daemon;
}

async function stop({ child, ended }: DaemonProcess, signal: NodeJS.Signals): Promise<void> {
  child.kill(signal);
  await ended;
}

beforeAll(async () => {
  await startPostgres();
  await stop(await startDaemon(), "SIGTERM");
  await insertLender(pool);
  await insertType(pool, { id: 1, delay: 365, unit: "calendarDays" });
});
afterAll(async () => {
  for (const { child } of daemons) child.kill("SIGKILL");
  await pool.end();
  await postgres.stop();
  rmSync(root, { recursive: true, force: true });
});

const ALL = 250;
/** The index of the locked interaction, which is in the second batch of a hundred. */
const HELD = 150;

/** A borrower with old calls, all of which are leaves. */
beforeEach(async () => {
  borrower = `BO-X${(borrowers += 1)}`;
  await pool.query("insert into tidings.borrowers (id, name) values ($1, '{}')", [borrower]);
  await insertAllLogged(
    pool,
    Array.from({ length: ALL }, (_, call) => ({
      direction: "outbound",
      personId: borrower,
      contactId: "CT-PHONE",
      contact: { value: "+16145550101" },
      content: { transcript: `Call ${call}` },
    })),
  );
  await rewriteRecord(
    pool,
    "update tidings.interactions set created_at = '2012-01-01T00:00:00Z', status_updated_at = '2012-01-01T00:00:00Z' where person_id = $1",
    [borrower],
  );
  await growTree(database());
});

const runCommand = (...words: readonly string[]) =>
  spawn(process.execPath, [MAIN, ...words], {
    env: { PATH: process.env["PATH"] ?? "", DATABASE_URL: postgres.url, USER: "kim" },
    stdio: "ignore",
  });
const eraseCommand = () =>
  runCommand("erase", "--borrower", borrower, "--reason", "Asked by letter", "--yes");

/** Locks one interaction, so that erasing stops in its second batch. Resolves to a function that releases the lock. */
async function holdOne(): Promise<() => Promise<void>> {
  const client = await pool.connect();
  client.on("error", () => {});
  await client.query("begin");
  // in a subquery, because a row that is skipped would be locked too
  await client.query(
    `select from tidings.interactions
     where id = (select i.id from tidings.interactions i where i.person_id = $1 order by i.id offset $2 limit 1) for update`,
    [borrower, HELD],
  );
  return async () => {
    await client.query("rollback").catch(() => {});
    client.release(true);
  };
}

const untilHeld = () => untilWaitingForLock(pool, { words: "erase_interactions" });

interface Standing {
  readonly erased: number;
  readonly onRecord: number;
  readonly half: number;
}

/** The numbers of interactions that are erased, that have an erasure on record, and that have one without the other or are not finished. */
async function standing(): Promise<Standing> {
  const { rows } = await pool.query<Standing>(
    `select (count(*) filter (where i.content is null))::int as erased, count(e.id)::int as "onRecord",
       (count(*) filter (where (i.content is null) <> (e.id is not null) or (e.id is not null and e.leaves is null)
         or (i.contact ? 'value') = (e.id is not null)))::int as half
     from tidings.interactions i left join tidings.erasures e on e.interaction_id = i.id where i.person_id = $1`,
    [borrower],
  );
  return rows[0] ?? { erased: -1, onRecord: -1, half: -1 };
}

const PART: Standing = { erased: 100, onRecord: 100, half: 0 };
const WHOLE: Standing = { erased: ALL, onRecord: ALL, half: 0 };

async function flaws(): Promise<object[]> {
  await growTree(database());
  const { output } = await runOn(database(), verify, "--json");
  return (JSON.parse(output) as { listed: object[] }).listed;
}

/** Runs the command again. Resolves to the numbers before and after it, its exit code and all flaws. */
async function eraseAgain(): Promise<object> {
  const before = await standing();
  const found = await flaws();
  const [code] = (await once(eraseCommand(), "exit")) as [number];
  return { before, code, after: await standing(), flaws: [...found, ...(await flaws())] };
}
const COMPLETED = { before: PART, code: 0, after: WHOLE, flaws: [] };

test("a `tidings erase` that is killed in the middle has whole batches on record, and continues", async () => {
  const letGo = await holdOne();
  const command = eraseCommand();
  await untilHeld();
  command.kill("SIGKILL");
  await once(command, "exit");
  await letGo();
  expect(await eraseAgain()).toEqual(COMPLETED);
});

test("a Postgres that is killed in the middle of `tidings erase` has whole batches on record, and the next run continues", async () => {
  const letGo = await holdOne();
  const command = eraseCommand();
  const ended = once(command, "exit");
  await untilHeld();
  process.kill(postgres.pid, "SIGKILL");
  const [code] = (await ended) as [number];
  expect(code).toBe(5);
  await letGo();
  await pool.end();
  await startPostgres();
  expect(await eraseAgain()).toEqual(COMPLETED);
});

test("a daemon that is killed in the middle of the nightly erasing leaves whole batches, and another one continues", async () => {
  await pool.query(
    "insert into tidings.retention_classes (record_class, years, reason) values ('content', 5, 'Policy 12')",
  );
  const letGo = await holdOne();
  const killed = await startDaemon();
  await untilHeld();
  await stop(killed, "SIGKILL");
  await letGo();
  expect(await standing()).toEqual(PART);
  const next = await startDaemon();
  await expect.poll(standing).toEqual(WHOLE);
  await stop(next, "SIGTERM");
  expect(await flaws()).toEqual([]);
});

interface Repaired {
  readonly ordered: number;
  readonly done: number;
  readonly resolved: number;
  readonly notices: number;
}

async function repaired(): Promise<Repaired> {
  const { rows } = await pool.query<Repaired>(
    `select (select count(*) from tidings.repairs)::int as ordered, (select count(*) from tidings.repairs r where r.done_at is not null)::int as done,
       (select count(*) from tidings.resolutions)::int as resolved,
       (select count(*) from tidings.interactions i where i.case_change_id is not null)::int as notices`,
  );
  return rows[0] ?? { ordered: -1, done: -1, resolved: -1, notices: -1 };
}

/** Locks a table against writers. Resolves to a function that releases the lock. */
async function holdTable(name: string): Promise<() => Promise<void>> {
  const client = await pool.connect();
  await client.query(`begin; lock table tidings.${name} in exclusive mode`);
  return async () => {
    await client.query("rollback");
    client.release();
  };
}

/** Ends the session that waits for a lock in such a statement, and resolves once it is gone. */
async function endWaiting(words: string): Promise<void> {
  const { rows } = await pool.query<{ pid: number }>(
    "select pid, pg_terminate_backend(pid, 60000) from pg_stat_activity where wait_event_type = 'Lock' and query like '%' || $1 || '%'",
    [words],
  );
  expect(rows).toHaveLength(1);
}

test("`tidings repair` and the daemon that carries it out are killed in the middle, and each change is resolved once", async () => {
  const at = new Date().toISOString();
  await insertChanges(
    pool,
    ["CS-1", "CS-2", "CS-3"].map((caseId) => ({ caseId, status: "initiated", at })),
  );
  // the queue loses the changes, so no daemon resolves them before a sweep
  await pool.query("delete from tidings.resolve_queue");
  const order = () => runCommand("repair", "--from", "1h", "--reason", "A test", "--yes");
  const letOrder = await holdTable("repairs");
  const killed = order();
  await untilWaitingForLock(pool, { words: "insert into tidings.repairs" });
  killed.kill("SIGKILL");
  await once(killed, "exit");
  // Postgres notices a lost connection when it answers. Until then it would carry out the insert once the lock is released.
  await endWaiting("insert into tidings.repairs");
  await letOrder();
  expect(await repaired()).toMatchObject({ ordered: 0 });
  expect(await once(order(), "exit")).toEqual([0, null]);
  expect(await repaired()).toEqual({ ordered: 3, done: 0, resolved: 0, notices: 0 });
  const letRepair = await holdTable("resolve_queue");
  const daemon = await startDaemon();
  await untilWaitingForLock(pool, { words: "tried_again as" });
  await stop(daemon, "SIGKILL");
  await letRepair();
  expect(await repaired()).toMatchObject({ ordered: 3, done: 0 });
  const next = await startDaemon();
  await expect.poll(repaired).toEqual({ ordered: 3, done: 3, resolved: 3, notices: 3 });
  await stop(next, "SIGTERM");
  expect(await flaws()).toEqual([]);
});
