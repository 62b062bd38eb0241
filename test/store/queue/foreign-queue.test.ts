import { randomBytes } from "node:crypto";
import { EventEmitter, once } from "node:events";
import { Logger, run, runMigrations, type Runner, type WorkerEvents } from "graphile-worker";
import type { Pool } from "pg";
import { afterEach, expect, inject, test } from "vitest";
import { openPool } from "../../../src/store/postgres/db.ts";
import { migrate } from "../../../src/store/migrate/migrate.ts";
import { checkPreconditions } from "../../../src/store/postgres/preconditions.ts";
import { trackOutages } from "../../../src/store/postgres/outages.ts";
import { openQueue } from "../../../src/store/queue/queue.ts";

const adminUrl = inject("adminUrl");
const logger = new Logger(() => () => {});
const open: AsyncDisposableStack[] = [];
afterEach(async () => {
  for (const stack of open.splice(0)) await stack.disposeAsync();
});

/** An empty database of a test's own, and a pool as the core system has it. */
async function createDatabase(): Promise<{ url: string; core: Pool; own: Pool }> {
  const stack = new AsyncDisposableStack();
  open.push(stack);
  const name = `queues_${randomBytes(5).toString("hex")}`;
  const admin = openPool({ url: adminUrl, actor: "test", max: 1, onLost: () => {} });
  stack.defer(() => admin.end());
  await admin.query(`create database ${name}`);
  stack.defer(async () => void (await admin.query(`drop database ${name} with (force)`)));
  const url = adminUrl.replace("/postgres?", `/${name}?`);
  const [core, own] = ["core", "tidings"].map((actor) => {
    const pool = openPool({ url, actor, max: 5, onLost: () => {} });
    stack.defer(() => pool.end());
    return pool;
  }) as [Pool, Pool];
  return { url, core, own };
}

interface CoreWorker {
  readonly runner: Runner;
  readonly events: WorkerEvents;
  readonly done: string[];
}

/** The core system's own graphile-worker, in that library's default schema. */
async function startCoreWorker(core: Pool): Promise<CoreWorker> {
  const events: WorkerEvents = new EventEmitter();
  const done: string[] = [];
  const listening = once(events, "pool:listen:success");
  const runner = await run({
    pgPool: core,
    schema: "graphile_worker",
    logger,
    events,
    noHandleSignals: true,
    concurrency: 1,
    pollInterval: 60_000,
    crontab: " ",
    taskList: { core_task: (payload) => void done.push(JSON.stringify(payload)) },
  });
  open.at(-1)?.defer(() => runner.stop().catch(() => {}));
  await listening;
  return { runner, events, done };
}

const migrationsOf = async (pool: Pool): Promise<unknown> =>
  (await pool.query("select id, ts from graphile_worker.migrations order by id")).rows;

test("a core system's own queue in the same database works on, unchanged, while Tidings migrates", async () => {
  const { core, own } = await createDatabase();
  const worker = await startCoreWorker(core);
  const before = await migrationsOf(core);
  const shutdowns: string[] = [];
  worker.events.on("pool:gracefulShutdown", ({ message }) => shutdowns.push(message));
  await migrate(own, { lockMs: 0, statementMs: 0 });
  expect(await migrationsOf(core)).toEqual(before);
  await worker.runner.addJob("core_task", { n: 1 });
  // the worker is notified of the job after the migration, because Postgres keeps the order of notifications
  await expect.poll(() => worker.done).toEqual(['{"n":1}']);
  expect(shutdowns).toEqual([]);
});

test("the core system's queue is migrated, and ours works on", async () => {
  const { core, own } = await createDatabase();
  await migrate(own, { lockMs: 0, statementMs: 0 });
  const done: string[] = [];
  const logged: string[] = [];
  const queue = await openQueue({
    pool: own,
    taskList: { resolve_case_changes: (payload) => void done.push(JSON.stringify(payload)) },
    concurrency: 1,
    emit: (event, fields) => void logged.push(JSON.stringify({ event, ...fields })),
    outages: trackOutages(() => {}),
  });
  await runMigrations({ pgPool: core, schema: "graphile_worker", logger });
  await own.query(`select tidings_queue.add_job('resolve_case_changes', '{"caseChangeIds": []}')`);
  await expect.poll(() => done).toHaveLength(1);
  expect(logged.filter((line) => line.includes("migration"))).toEqual([]);
  await queue.stop(1_000);
});

const BREAKING = '{"migrationNumber": 999, "breaking": true}';
const announce = (pool: Pool): Promise<unknown> =>
  pool.query("select pg_notify('tidings_queue:worker:migrate', $1)", [BREAKING]);

test("a newer Tidings that breaks the queue's schema stops ours", async () => {
  const { own } = await createDatabase();
  await migrate(own, { lockMs: 0, statementMs: 0 });
  const queue = await openQueue({
    pool: own,
    taskList: { resolve_case_changes: () => {} },
    concurrency: 1,
    emit: () => {},
    outages: trackOutages(() => {}),
  });
  const broken = queue.broken.then(({ message }) => message);
  await own.query("insert into tidings_queue.migrations (id, breaking) values (999, true)");
  const announcing = setInterval(() => void announce(own), 200);
  open.at(-1)?.defer(async () => clearInterval(announcing));
  expect(await broken).toContain("has migrated the queue");
  await queue.stop(1_000);
});

test("a role that only announces a breaking migration stops nothing", async () => {
  const { own } = await createDatabase();
  await migrate(own, { lockMs: 0, statementMs: 0 });
  const done: string[] = [];
  const queue = await openQueue({
    pool: own,
    taskList: { resolve_case_changes: (payload) => void done.push(JSON.stringify(payload)) },
    concurrency: 1,
    emit: () => {},
    outages: trackOutages(() => {}),
  });
  // once a job was taken, the queue listens; then jobs follow announcements, because Postgres keeps the order of notifications
  for (const taken of [1, 2, 3]) {
    await own.query(
      `select tidings_queue.add_job('resolve_case_changes', '{"caseChangeIds": []}')`,
    );
    await expect.poll(() => done).toHaveLength(taken);
    await announce(own);
    await announce(own);
  }
  expect(await Promise.race([queue.broken, Promise.resolve("works")])).toBe("works");
  await queue.stop(1_000);
});

test("a schema tidings_queue with other tables is refused, and nothing is created", async () => {
  const { url, core, own } = await createDatabase();
  await core.query("create schema tidings_queue create table tickets (id int)");
  await expect(checkPreconditions({ url, pool: own })).rejects.toMatchObject({
    code: "DATABASE_UNSUITABLE",
    detail: expect.stringMatching(/^Schema tidings_queue .* not Tidings/) as unknown,
  });
});

test("a schema tidings_queue with another system's jobs is refused", async () => {
  const { url, core, own } = await createDatabase();
  await runMigrations({ pgPool: core, schema: "tidings_queue", logger });
  await expect(checkPreconditions({ url, pool: own })).resolves.toBeUndefined();
  await core.query("select tidings_queue.add_job('core_task')");
  await expect(checkPreconditions({ url, pool: own })).rejects.toMatchObject({
    code: "DATABASE_UNSUITABLE",
  });
});

test("a schema tidings that is not Tidings' is refused, and an empty one is used", async () => {
  const { url, core, own } = await createDatabase();
  await core.query("create schema tidings; create schema tidings_queue");
  await expect(checkPreconditions({ url, pool: own })).resolves.toBeUndefined();
  await core.query("create table tidings.news (id int)");
  await expect(checkPreconditions({ url, pool: own })).rejects.toMatchObject({
    code: "DATABASE_UNSUITABLE",
    detail: expect.stringMatching(/^Schema tidings .* not Tidings/) as unknown,
  });
});

test("a schema tidings_queue that another daemon is migrating at this moment is ours", async () => {
  const { url, core, own } = await createDatabase();
  await core.query(
    "create schema tidings_queue; create table tidings_queue.migrations (id int); create table tidings_queue.jobs (id int)",
  );
  await expect(checkPreconditions({ url, pool: own })).resolves.toBeUndefined();
});
