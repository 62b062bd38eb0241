import { cpSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { EXIT } from "../../src/commands/cli/exit-codes.ts";
import { openRandom } from "../chaos/random.ts";
import { openReceived, type Received } from "../chaos/received.ts";
import { spawnDaemon, type DaemonProcess } from "../daemon-process.ts";
import { useDatabase } from "../database.ts";
import { insertChanges, insertLender, insertType } from "../lender.ts";

const { pool, url } = useDatabase();
const dir = mkdtempSync(join(tmpdir(), "tidings-several-"));
let received: Received;
let daemons: DaemonProcess[] = [];
let folders = 0;

beforeAll(async () => {
  received = await openReceived(join(dir, "texts"), openRandom(3));
  await insertLender(pool);
  await insertType(pool, { id: 1 });
  // many borrowers, because the notices of one are judged one batch after the other
  await pool.query(`
    insert into tidings.borrowers (id, name) select 'MB-' || n, '{"firstName": "Pat"}' from generate_series(0, 49) n;
    insert into tidings.contacts (id, borrower_id, contact_type, label, value)
    select 'MC-' || n, 'MB-' || n, 'email', 'personal', 'pat' || n || '@example.com' from generate_series(0, 49) n`);
});
afterEach(async () => {
  for (const { child } of daemons) child.kill("SIGKILL");
  await Promise.all(daemons.map(({ ended }) => ended));
  daemons = [];
});
afterAll(async () => {
  await received.close();
  rmSync(dir, { recursive: true, force: true });
});

/** Starts a daemon of this version, or of the one whose main file is given. */
function launch(main?: string): DaemonProcess {
  folders += 1;
  const settings = {
    DATABASE_URL: url,
    DATA_DIR: join(dir, `daemon-${folders}`),
    DELIVERY: "live",
    SMTP_URL: received.smtpUrl,
    EMAIL_FROM: "Example Lender <notices@lender.example>",
  };
  const daemon = spawnDaemon(settings, main);
  daemons.push(daemon);
  return daemon;
}

async function start(main?: string): Promise<DaemonProcess> {
  const daemon = launch(main);
  await daemon.waitFor("daemon.started");
  return daemon;
}

async function stop(daemon: DaemonProcess): Promise<void> {
  daemon.child.kill("SIGTERM");
  expect(await daemon.ended).toBe(0);
}

const insertMany = (name: string, count: number): Promise<unknown> =>
  insertChanges(
    pool,
    Array.from({ length: count }, (_, n) => ({
      caseId: `${name}-${n}`,
      status: "initiated",
      at: "2026-01-05T15:00:00Z",
      borrowerId: `MB-${n % 50}`,
    })),
  );

/** The notices of the cases NAME-… that a daemon sent, by daemon. */
async function sentBy(name: string): Promise<Map<string, number>> {
  const { rows } = await pool.query<{ worker: string; sent: number }>(
    `select claimed_by as worker, count(*)::int as sent from tidings.interactions
     where case_id like $1 || '-%' and status = 'attempted' group by 1`,
    [name],
  );
  return new Map(rows.map(({ worker, sent }) => [worker, sent]));
}

const sent = async (name: string): Promise<number> =>
  [...(await sentBy(name)).values()].reduce((sum, count) => sum + count, 0);

/** Each notice of the cases NAME-… arrived once. */
async function expectEachOnce(name: string, count: number): Promise<void> {
  await expect.poll(() => sent(name)).toBe(count);
  const { rows } = await pool.query<{ id: string }>(
    "select chain_id as id from tidings.interaction_chains where case_id like $1 || '-%'",
    [name],
  );
  const arrived = rows.map(({ id }) => received.mails().get(`tidings.${id}@lender.example`));
  expect(arrived).toEqual(Array<number>(count).fill(1));
}

const idOf = async (daemon: DaemonProcess): Promise<string> =>
  String((await daemon.waitFor("daemon.started"))["workerId"]);

test("daemons that are added and stopped under load share the notices, and each notice is sent once", async () => {
  const [first, second] = [await start(), await start()];
  await insertMany("SHARE", 400);
  await expect.poll(() => sent("SHARE")).toBeGreaterThan(20);
  const third = await start();
  await insertMany("SHARED", 400);
  await expect.poll(async () => (await sentBy("SHARED")).size).toBeGreaterThan(2);
  await Promise.all([stop(first), stop(second)]);
  await expectEachOnce("SHARE", 400);
  await expectEachOnce("SHARED", 400);
  const shares = await sentBy("SHARED");
  expect(shares.get(await idOf(third))).toBeGreaterThan(0);
});

/** A copy of this version with one more migration, as the next release. Returns its main file. */
function makeNextRelease(migration: string): string {
  const release = join(dir, "next");
  for (const part of ["src", "tasks", "migrations", "templates", "package.json"])
    cpSync(part, join(release, part), { recursive: true });
  symlinkSync(resolve("node_modules"), join(release, "node_modules"));
  writeFileSync(join(release, "migrations", "9999_next.sql"), migration);
  return join(release, "src/main.ts");
}

test("while the next release migrates and starts, daemons of this one continue, and none of them starts again", async () => {
  const next = makeNextRelease(`
    alter table tidings.interactions add column next_release text;
    alter table tidings.case_changes add column next_release text;`);
  const old = await start();
  await insertMany("BEFORE", 200);
  await expect.poll(() => sent("BEFORE")).toBeGreaterThan(10);
  const newer = launch(next);
  expect((await newer.waitFor("database.migrated"))["migrations"]).toEqual(["9999_next"]);
  await newer.waitFor("daemon.started");
  await insertMany("WHILE", 200);
  await expectEachOnce("BEFORE", 200);
  await expectEachOnce("WHILE", 200);
  const shares = await sentBy("WHILE");
  expect(shares.get(await idOf(old))).toBeGreaterThan(0);
  expect(shares.get(await idOf(newer))).toBeGreaterThan(0);

  const again = launch();
  expect(await again.ended).toBe(EXIT.databaseAway);
  expect(await again.waitFor("daemon.failed")).toMatchObject({ code: "MIGRATIONS_DIFFER" });
  await stop(old);
  await insertMany("AFTER", 20);
  await expectEachOnce("AFTER", 20);
});
