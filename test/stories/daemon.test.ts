import { mkdtempSync, rmSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client } from "pg";
import { afterAll, afterEach, beforeAll, describe, expect, inject, test } from "vitest";
import { openPool } from "../../src/store/postgres/db.ts";
import { startEmbeddedPostgres } from "../../src/store/postgres/embedded-postgres.ts";
import { spawnDaemon, type DaemonProcess } from "../daemon-process.ts";
import { untilWaitingForLock, useDatabase } from "../database.ts";
import { insertChanges, insertLender, insertType } from "../lender.ts";

const { url, pool } = useDatabase();
const root = mkdtempSync(join(tmpdir(), "tidings-daemon-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const running: DaemonProcess[] = [];
function start(settings: Readonly<Record<string, string>>): DaemonProcess {
  const daemon = spawnDaemon({ DATA_DIR: root, ...settings });
  running.push(daemon);
  return daemon;
}
afterEach(async () => {
  for (const daemon of running.splice(0)) {
    daemon.child.kill("SIGKILL");
    await daemon.ended;
  }
});

beforeAll(() => insertLender(pool));

const outbox = async (dir = root): Promise<string[]> =>
  readdir(join(dir, "outbox")).catch(() => []);

test("a change inserted while it runs is delivered, and SIGTERM ends it with everything written down", async () => {
  await insertType(pool, { id: 1 });
  const daemon = start({ DATABASE_URL: url });
  const { workerId } = await daemon.waitFor("daemon.started");
  await insertChanges(pool, [{ caseId: "D1", status: "initiated", at: "2026-01-05T15:00:00Z" }]);
  await daemon.waitFor("interaction.accepted");
  daemon.child.kill("SIGTERM");
  expect(await daemon.ended).toBe(0);
  expect(daemon.lines.at(-1)).toMatchObject({ event: "daemon.stopped", workerId });
  const { rows } = await pool.query(
    "select status, status_details, claimed_by from tidings.interactions",
  );
  expect(rows).toEqual([
    { status: "attempted", status_details: "emailSent", claimed_by: workerId },
  ]);
  expect(await outbox()).toHaveLength(1);
  expect((await pool.query("select from tidings.workers")).rowCount).toBe(0);
});

test("a sweep that waits for a lock does not keep a stopping daemon from signing off", async () => {
  await insertChanges(pool, [{ caseId: "LOCKED", status: "initiated" }]);
  const holder = new Client({ connectionString: url });
  await holder.connect();
  await holder.query("begin");
  await holder.query("select from tidings.cases where id = 'LOCKED' for update");
  const daemon = start({ DATABASE_URL: url, SHUTDOWN_SECONDS: "1" });
  await daemon.waitFor("daemon.started");
  const replica = new Client({ connectionString: url });
  await replica.connect();
  await replica.query("set session_replication_role = replica");
  // each of them waits for the lock for two seconds
  await replica.query(
    `insert into tidings.case_changes (case_id, case_type_id, borrower_id, status)
     select 'LOCKED', 'bankruptcy', 'BO-1', 'processing' from generate_series(1, 20)`,
  );
  await replica.end();
  await untilWaitingForLock(pool, { words: "take_in_missed_changes" });
  daemon.child.kill("SIGTERM");
  expect(await daemon.ended).toBe(0);
  expect(daemon.lines.at(-1)).toMatchObject({ event: "daemon.stopped" });
  expect((await pool.query("select from tidings.workers")).rowCount).toBe(0);
  await holder.end();
});

test("a signal while it waits for its database ends it at once and in order", async () => {
  const daemon = start({ DATABASE_URL: "postgres://nobody@127.0.0.1:1/nothing" });
  await daemon.waitFor("database.lost");
  daemon.child.kill("SIGTERM");
  await daemon.waitFor("daemon.stopRequested");
  expect(await daemon.ended).toBe(0);
});

test("real notices in the name of the example lender: said at the start", async () => {
  const daemon = start({
    DELIVERY: "live",
    SMTP_URL: "smtp://127.0.0.1:1",
    EMAIL_FROM: "notices@lender.example",
    LENDER_NAME: "Bank of Springfield",
  });
  const { settings } = await daemon.waitFor("lender.notConfigured");
  expect(settings).toEqual(["LENDER_POSTAL_ADDRESS", "LENDER_PHONE", "LENDER_WEBSITE"]);
  daemon.child.kill("SIGTERM");
  expect(await daemon.ended).toBe(0);
});

test("a configuration that cannot work is refused at once, with every fault and no value", async () => {
  const daemon = start({
    DELIVERY: "live",
    SMTP_URL: "http://user:hunter2@example.com",
    LENDER_TIME_ZONE: "Mars/Olympus",
  });
  expect(await daemon.ended).toBe(2);
  expect(daemon.lines).toEqual([]);
});

test("of two daemons that start at once on an empty database one migrates and the other waits", async () => {
  const admin = new Client({ connectionString: inject("adminUrl") });
  await admin.connect();
  await admin.query("create database empty_at_first");
  const settings = { DATABASE_URL: url.replace(/\/test_\w+\?/, "/empty_at_first?") };
  const daemons = [start(settings), start(settings)];
  await Promise.all(daemons.map((daemon) => daemon.waitFor("daemon.started")));
  const migrations = daemons.flatMap((daemon) =>
    daemon.lines.filter((line) => line.event === "database.migrated"),
  );
  expect(migrations).toHaveLength(1);
  for (const daemon of daemons) daemon.child.kill("SIGINT");
  expect(await Promise.all(daemons.map((daemon) => daemon.ended))).toEqual([0, 0]);
  await admin.query("drop database empty_at_first with (force)");
  await admin.end();
});

describe("with the embedded Postgres", () => {
  const isAlive = (pid: number): boolean => {
    try {
      process.kill(pid, 0);
      return true;
    } catch {
      return false;
    }
  };

  test("SIGKILL of the daemon leaves no Postgres behind, and the next start finds the data", async () => {
    const dir = join(root, "own");
    const daemon = start({ DATA_DIR: dir });
    await daemon.waitFor("daemon.started");
    const { pid } = await startEmbeddedPostgres(join(dir, "postgres")); // adopts the one that runs
    daemon.child.kill("SIGKILL");
    await daemon.ended;
    await expect.poll(() => isAlive(pid)).toBe(false);
    const again = start({ DATA_DIR: dir });
    await again.waitFor("daemon.started");
    expect(again.lines.map((line) => line.event)).not.toContain("database.migrated");
    again.child.kill("SIGTERM");
    expect(await again.ended).toBe(0);
  });

  test("a restart of Postgres in the middle of the work loses nothing and repeats nothing", async () => {
    const dir = join(root, "restarted");
    let postgres = await startEmbeddedPostgres(join(dir, "postgres"));
    const settings = { DATABASE_URL: postgres.url, DATA_DIR: dir, EMAIL_RETRIES: "1s" };
    const daemon = start(settings);
    await daemon.waitFor("daemon.started");
    const own = openPool({ url: postgres.url, actor: "test", max: 2, onLost: () => {} });
    await insertLender(own);
    await insertType(own, { id: 1 });
    const cases = Array.from({ length: 600 }, (_, n) => ({
      caseId: `R${n}`,
      status: "initiated",
      at: "2026-01-05T15:00:00Z",
    }));
    await insertChanges(own, cases);
    await daemon.waitFor("interaction.accepted");
    await postgres.stop();
    await daemon.waitFor("database.lost");
    postgres = await startEmbeddedPostgres(join(dir, "postgres"));
    const count = async (status: string): Promise<number> =>
      (await own.query("select from tidings.interactions where status = $1", [status])).rowCount ??
      0;
    await expect.poll(() => count("attempted")).toBe(600);
    expect(await outbox(dir)).toHaveLength(600);
    expect(
      (
        await own.query(
          "select from tidings.interactions where attempt > 1 or status_details <> 'emailSent'",
        )
      ).rowCount,
    ).toBe(0);
    await own.end();
    daemon.child.kill("SIGTERM");
    expect(await daemon.ended).toBe(0);
    await postgres.stop();
  });
});
