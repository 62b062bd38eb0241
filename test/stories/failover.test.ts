import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Pool } from "pg";
import { afterEach, expect, test } from "vitest";
import type { Emit } from "../../src/domain/events.ts";
import { createTreeGrower } from "../../src/record/record-tree.ts";
import { createDb, openPool } from "../../src/store/postgres/db.ts";
import type { EmbeddedPostgres } from "../../src/store/postgres/embedded-postgres.ts";
import { retryOnOutage } from "../../src/store/postgres/retry.ts";
import { openRandom } from "../chaos/random.ts";
import { openReceived, type Received } from "../chaos/received.ts";
import { findForgotten, judgeRun } from "../chaos/verdict.ts";
import { spawnDaemon, type DaemonProcess } from "../daemon-process.ts";
import { insertChanges, insertLender } from "../lender.ts";
import { startPair, type Pair } from "../standby.ts";

interface Scene {
  readonly dir: string;
  readonly pair: Pair;
  readonly received: Received;
  readonly daemons: DaemonProcess[];
  /** On whichever host is the primary. */
  readonly pool: Pool;
}

let scene: Scene;

afterEach(async () => {
  for (const { child } of scene.daemons) child.kill("SIGKILL");
  await Promise.all(scene.daemons.map(({ ended }) => ended));
  await scene.pool.end();
  await scene.pair.primary.stop();
  await scene.pair.standby.stop();
  await scene.received.close();
  rmSync(scene.dir, { recursive: true, force: true });
});

/** A primary, a standby and a lender. Half of the notices are sent again after an unknown outcome, the others held. */
async function openScene(): Promise<void> {
  const dir = mkdtempSync(join(tmpdir(), "tidings-failover-"));
  const pair = await startPair(dir);
  const received = await openReceived(join(dir, "texts"), openRandom(7));
  const pool = openPool({ url: pair.url, actor: "test", max: 4, onLost: () => {} });
  scene = { dir, pair, received, daemons: [], pool };
  await startDaemons(1);
  await insertLender(pool);
  await pool.query(`
    insert into tidings.case_types (id) values ('resent'), ('held');
    insert into tidings.notification_types (id, version, on_status, channel, template_id, on_unknown, status) values
      (21, 1, 'initiated', 'email', 1, 'resend', 'active'), (22, 1, 'initiated', 'email', 1, 'hold', 'active');
    insert into tidings.case_type_notification_types values ('resent', 21), ('held', 22);`);
}

/** Starts daemons that know both hosts. */
async function startDaemons(count: number): Promise<void> {
  const started = Array.from({ length: count }, () =>
    spawnDaemon({
      DATABASE_URL: scene.pair.url,
      DATA_DIR: scene.dir,
      DELIVERY: "live",
      SMTP_URL: scene.received.smtpUrl,
      EMAIL_FROM: "Example Lender <notices@lender.example>",
      EMAIL_RETRIES: Array<string>(60).fill("1s").join(" "),
      EMAIL_SETTLES: "1s",
    }),
  );
  scene.daemons.push(...started);
  await Promise.all(started.map((daemon) => daemon.waitFor("daemon.started")));
}

async function stopDaemons(): Promise<void> {
  for (const { child } of scene.daemons) child.kill("SIGTERM");
  await Promise.all(scene.daemons.splice(0).map(({ ended }) => ended));
}

/** Waits until the standby streams, as a synchronous one or not, or until it streams no more. */
async function untilStreaming(state: "sync" | "async" | "cut"): Promise<void> {
  const statesOf = async (): Promise<string[]> => {
    const { rows } = await scene.pool.query<{ state: string }>(
      "select sync_state as state from pg_stat_replication where state = 'streaming'",
    );
    return rows.map((row) => row.state);
  };
  await expect.poll(statesOf).toEqual(state === "cut" ? [] : [state]);
}

async function setOnPrimary(setting: string): Promise<void> {
  await scene.pool.query(`alter system set ${setting}`);
  await scene.pool.query("select pg_reload_conf()");
}

const rowsOf = (name: string, count: number): Parameters<typeof insertChanges>[1] =>
  Array.from({ length: count }, (_, n) => ({
    caseId: `${name}-${n}`,
    status: "initiated",
    caseTypeId: n % 2 === 0 ? "resent" : "held",
    externalId: `${name}-${n}`,
    at: "2026-01-05T15:00:00Z",
  }));

/** Inserts as a core system that repeats an insert if it does not know whether it was committed. Its own ids refuse a second row. */
const insertSurely = (name: string, count: number): Promise<unknown> =>
  retryOnOutage(() => insertChanges(scene.pool, rowsOf(name, count)), {
    onOutage: () => undefined,
  }).catch((error: unknown) => {
    if ((error as { constraint?: string }).constraint !== "case_changes_external_id") throw error;
  });

async function runOn({ url }: EmbeddedPostgres, ...statements: readonly string[]): Promise<void> {
  const pool = openPool({ url, actor: "test", max: 1, onLost: () => {}, mayBeStandby: true });
  for (const statement of statements) await pool.query(statement);
  await pool.end();
}

const promote = (standby: EmbeddedPostgres): Promise<void> => runOn(standby, "select pg_promote()");

const arrived = (): number => [...scene.received.mails().values()].reduce((sum, n) => sum + n, 0);

/** Waits until nothing is left to do. */
async function untilQuiet(): Promise<void> {
  const countLeft = async (): Promise<number | undefined> => {
    const { rows } = await scene.pool.query<{ left: number }>(`
      select (select count(*) from tidings_queue.jobs where run_at < now() + interval '1 day')::int
        + (select count(*) from tidings.resolve_queue)::int
        + (select count(*) from tidings.interactions where status in ('scheduled', 'inProgress'))::int as left`);
    return rows[0]?.left;
  };
  await expect.poll(countLeft).toBe(0);
}

test("with a synchronous standby, a crash of the primary under load loses nothing and repeats only unknown outcomes", async () => {
  await openScene();
  await startDaemons(1);
  await untilStreaming("async");
  await setOnPrimary("synchronous_standby_names = 'standby'");
  await untilStreaming("sync");
  const inserting = (async () => {
    for (let n = 0; n < 15; n += 1) await insertSurely(`LOAD-${n}`, 20);
  })();
  await expect.poll(arrived).toBeGreaterThan(30);
  const beganAt = Date.now();
  process.kill(scene.pair.primary.pid, "SIGKILL");
  await promote(scene.pair.standby);
  await inserting;
  await untilQuiet();
  const verdict = await judgeRun(scene.pool, scene.received, {
    sampled: [],
    reports: [],
    replies: [],
    texts: [],
    limit: 0,
    inflicted: [{ beganAt, endedAt: Date.now(), isWitnessed: true }],
  });
  expect(verdict.violations).toEqual([]);
  expect(verdict.notices).toBe(300);
  expect(await findForgotten(scene.pool)).toEqual([]);
  expect(scene.daemons.map(({ child }) => child.exitCode)).toEqual([null, null]);
});

/** The heads of the record tree as log lines, until each row of the record is a leaf. */
async function logHeads(): Promise<string> {
  const lines: string[] = [];
  const emit: Emit = (event, fields) => void lines.push(JSON.stringify({ event, ...fields }));
  let now = Date.now();
  const grow = createTreeGrower(
    { db: createDb(scene.pool), clock: () => new Date(now), emit },
    undefined,
  );
  for (let round = 0; round < 4; round += 1) {
    now += 61_000;
    await grow();
  }
  const file = join(scene.dir, "tidings.log");
  writeFileSync(file, lines.join("\n"));
  return file;
}

test("with an asynchronous standby, a promotion can send again what was sent and lose changes, and the heads in the logs show it", async () => {
  await openScene();
  await stopDaemons();
  await untilStreaming("async");
  await insertSurely("KNOWN", 10);
  await expect
    .poll(async () => {
      const { rows } = await scene.pool.query<{ same: boolean }>(
        "select replay_lsn >= pg_current_wal_lsn() as same from pg_stat_replication",
      );
      return rows[0]?.same;
    })
    .toBe(true);
  await runOn(
    scene.pair.standby,
    "alter system set primary_conninfo = ''",
    "select pg_reload_conf()",
  );
  // The standby ends its stream some time after the reload.
  await untilStreaming("cut");
  await insertSurely("LOST", 5);
  await startDaemons(1);
  await expect.poll(arrived).toBe(15);
  await untilQuiet();
  const log = await logHeads();
  process.kill(scene.pair.primary.pid, "SIGKILL");
  await promote(scene.pair.standby);
  await expect.poll(arrived).toBe(25);
  await retryOnOutage(untilQuiet, { onOutage: () => undefined });
  const { rows } = await scene.pool.query<{ cases: string }>(
    "select string_agg(distinct split_part(case_id, '-', 1), ' ') as cases from tidings.case_changes",
  );
  expect(rows).toEqual([{ cases: "KNOWN" }]);
  const verified = spawnSync(
    process.execPath,
    ["src/main.ts", "verify", "--json", "--heads", log],
    {
      env: { PATH: process.env["PATH"], DATABASE_URL: scene.pair.url, DATA_DIR: scene.dir },
      encoding: "utf8",
    },
  );
  expect(verified.status).toBe(1);
  expect(verified.stdout).toMatch(/headMissing|rootDiffers/);
});
