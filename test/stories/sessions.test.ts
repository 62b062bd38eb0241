import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, expect, inject, test } from "vitest";
import { openPool } from "../../src/store/postgres/db.ts";
import { spawnDaemon, type DaemonProcess } from "../daemon-process.ts";
import { useDatabase } from "../database.ts";
import { insertChanges, insertLender, insertType } from "../lender.ts";
import { openTestPooler } from "../store/postgres/test-pooler.ts";

const { url, pool } = useDatabase();
const database = new URL(url).pathname.slice(1);
const admin = openPool({ url: inject("adminUrl"), actor: "test", max: 1, onLost: () => {} });
const root = mkdtempSync(join(tmpdir(), "tidings-sessions-"));
afterAll(async () => {
  await admin.end();
  rmSync(root, { recursive: true, force: true });
});

const running: DaemonProcess[] = [];
afterEach(async () => {
  for (const daemon of running.splice(0)) {
    daemon.child.kill("SIGKILL");
    await daemon.ended;
  }
});

function start(settings: Readonly<Record<string, string>>): DaemonProcess {
  const daemon = spawnDaemon({ DATA_DIR: root, ...settings });
  running.push(daemon);
  return daemon;
}

const FOREIGN = {
  datestyle: "SQL, DMY",
  intervalstyle: "iso_8601",
  timezone: "Pacific/Auckland",
  bytea_output: "escape",
  standard_conforming_strings: "off",
  default_transaction_isolation: "repeatable read",
  search_path: "public",
};

/** Ends the sessions that began since then; later ones begin with the database's present settings. */
const renewConnections = (since: Date): Promise<unknown> =>
  admin.query(
    "select pg_terminate_backend(pid) from pg_stat_activity where datname = $1 and backend_start > $2",
    [database, since],
  );

test("settings of a database change nothing, at the start and when connections are renewed", async () => {
  await insertLender(pool);
  await insertType(pool, { id: 1 });
  const started = new Date();
  const daemon = start({ DATABASE_URL: url });
  await daemon.waitFor("daemon.started");
  for (const [name, value] of Object.entries(FOREIGN))
    await admin.query(`alter database ${database} set ${name} = '${value}'`);
  await renewConnections(started);
  const changes = Array.from({ length: 100 }, (_, n) => ({
    caseId: `S${n}`,
    status: "initiated",
    at: "2026-01-05T15:00:00Z",
  }));
  await insertChanges(pool, changes);
  const details = async (): Promise<unknown> =>
    (
      await pool.query(
        "select status_details as details, count(*)::int from tidings.interactions group by 1",
      )
    ).rows;
  await expect.poll(details).toEqual([{ details: "emailSent", count: 100 }]);
  daemon.child.kill("SIGTERM");
  expect(await daemon.ended).toBe(0);
  const again = start({ DATABASE_URL: url });
  await again.waitFor("daemon.started");
  again.child.kill("SIGTERM");
  expect(await again.ended).toBe(0);
});

test("a daemon behind a pooler in transaction mode refuses to start, and says why in one line", async () => {
  const pooler = await openTestPooler(url, { poolMode: "transaction" });
  const daemon = start({ DATABASE_URL: pooler.url });
  expect(await daemon.ended).toBe(5);
  expect(daemon.lines.at(-1)).toMatchObject({
    event: "daemon.failed",
    code: "DATABASE_UNSUITABLE",
    reason: expect.stringMatching(/PgBouncer.*pool_mode = session/) as unknown,
  });
  await pooler.close();
});

test("a password or a database that is wrong ends the start at once, with what to do", async () => {
  const daemon = start({ DATABASE_URL: url.replace(`/${database}?`, "/no_such_database?") });
  expect(await daemon.ended).toBe(5);
  expect(daemon.lines.at(-1)).toMatchObject({
    event: "daemon.failed",
    code: "DATABASE_UNREACHABLE",
    reason: expect.stringMatching(
      /^(?!DATABASE_UNREACHABLE).*no_such_database.*DATABASE_URL/,
    ) as unknown,
  });
});
