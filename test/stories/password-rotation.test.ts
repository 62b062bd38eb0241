import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Pool } from "pg";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { openPool } from "../../src/store/postgres/db.ts";
import {
  startEmbeddedPostgres,
  type EmbeddedPostgres,
} from "../../src/store/postgres/embedded-postgres.ts";
import { spawnDaemon, type DaemonProcess } from "../daemon-process.ts";
import { insertChanges, insertLender, insertType } from "../lender.ts";

const root = mkdtempSync(join(tmpdir(), "tidings-rotation-"));
const COUNT = 1_000;
let postgres: EmbeddedPostgres;
/** The administrator, who needs no password. */
let admin: Pool;
let daemon: DaemonProcess | undefined;
let dir = "";

beforeAll(async () => {
  const data = join(root, "postgres");
  postgres = await startEmbeddedPostgres(data, ["-c", "fsync=off"]);
  admin = openPool({ url: postgres.url, actor: "test", max: 1, onLost: () => {} });
  writeFileSync(
    join(data, "pg_hba.conf"),
    "local all tidings trust\nlocal all all scram-sha-256\n",
  );
  await admin.query("select pg_reload_conf()");
  await admin.query("create role app login password 'first'");
});
afterAll(async () => {
  await admin.end();
  await postgres.stop();
  rmSync(root, { recursive: true, force: true });
});

let runs = 0;
let own: Pool;
beforeEach(async () => {
  runs += 1;
  dir = join(root, `run-${runs}`);
  await setPassword("first");
  await admin.query(`create database run_${runs} owner app`);
  const url = urlOf("app:first");
  daemon = spawnDaemon({ DATABASE_URL: url, DATA_DIR: dir, SHUTDOWN_SECONDS: "20" });
  await daemon.waitFor("daemon.started");
  own = openPool({ url: urlOf("tidings"), actor: "test", max: 2, onLost: () => {} });
  await insertLender(own);
  await insertType(own, { id: 1 });
});
afterEach(async () => {
  daemon?.child.kill("SIGKILL");
  await daemon?.ended;
  await own.end();
});

const urlOf = (user: string): string =>
  postgres.url.replace("//tidings@", `//${user}@`).replace("/postgres?", `/run_${runs}?`);

const setPassword = (password: string): Promise<unknown> =>
  admin.query(`alter role app password '${password}'`);

/** Sets a new password, and ends the connections that used the old one. */
async function rotate(password: string): Promise<void> {
  await setPassword(password);
  await endConnections();
}

async function endConnections(): Promise<number> {
  const { rowCount } = await admin.query(
    "select pg_terminate_backend(pid) from pg_stat_activity where usename = 'app'",
  );
  return rowCount ?? 0;
}

async function insertBulk(): Promise<void> {
  const changes = Array.from({ length: COUNT }, (_, n) => ({
    caseId: `P${n}`,
    status: "initiated",
    at: "2026-01-05T15:00:00Z",
  }));
  await insertChanges(own, changes);
}

async function statuses(): Promise<Record<string, number>> {
  const { rows } = await own.query<{ status: string; count: number }>(
    "select coalesce(status_details, status) as status, count(*)::int from tidings.interactions group by 1",
  );
  return Object.fromEntries(rows.map(({ status, count }) => [status, count]));
}

const named = (event: string): number =>
  daemon?.lines.filter((line) => line.event === event).length ?? 0;

test("a rotated password is an outage with one first and one last event, and no answer is lost", async () => {
  await insertBulk();
  await daemon?.waitFor("interaction.accepted");
  await rotate("second");
  const first = await daemon?.waitFor("database.lost");
  expect(first).toMatchObject({ level: "warn" });
  // until the pool has no connection left that used the old password
  await expect.poll(endConnections).toBe(0);
  await rotate("first");
  await expect.poll(statuses).toEqual({ emailSent: COUNT });
  expect(await readdir(join(dir, "outbox"))).toHaveLength(COUNT);
  await daemon?.waitFor("database.restored");
  expect([named("database.lost"), named("database.restored")]).toEqual([1, 1]);
  expect(named("daemon.failed")).toBe(0);
  daemon?.child.kill("SIGTERM");
  expect(await daemon?.ended).toBe(0);
});

test("after a signal while its password is not accepted, it waits until the answers are recorded and exits 0", async () => {
  await insertBulk();
  await daemon?.waitFor("interaction.accepted");
  await rotate("second");
  await daemon?.waitFor("database.lost");
  daemon?.child.kill("SIGTERM");
  await daemon?.waitFor("daemon.stopRequested");
  await rotate("first");
  expect(await daemon?.ended).toBe(0);
  const { emailSent = 0, scheduled = 0 } = await statuses();
  expect(emailSent + scheduled).toBe(COUNT);
  expect(await readdir(join(dir, "outbox"))).toHaveLength(emailSent);
});

test("an idle daemon whose password is never accepted again still exits 0 after a signal", async () => {
  await rotate("second");
  await daemon?.waitFor("database.lost");
  daemon?.child.kill("SIGTERM");
  expect(await daemon?.ended).toBe(0);
});
