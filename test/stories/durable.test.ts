import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Pool } from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { systemClock } from "../../src/clock.ts";
import type { ArrivedReceipt } from "../../src/domain/receipts/arrived-receipt.ts";
import { createReplyIntake } from "../../src/reply-intake.ts";
import { createPolicyReader } from "../../src/store/guard/policy.ts";
import { createDb, openPool } from "../../src/store/postgres/db.ts";
import {
  startEmbeddedPostgres,
  type EmbeddedPostgres,
} from "../../src/store/postgres/embedded-postgres.ts";
import { keepReceipts } from "../../src/store/receipts/receipts.ts";
import { spawnDaemon, type DaemonProcess } from "../daemon-process.ts";
import { insertChanges, insertLender, insertType } from "../lender.ts";
import { callback, insertAccepted } from "../receipts.ts";

/** Unflushed commits stay in memory for as long as Postgres allows. */
const SETTINGS = [
  "wal_writer_delay=10s",
  "wal_level=logical",
  "max_prepared_transactions=10",
].flatMap((setting) => ["-c", setting]);
const JANUARY = "2026-01-05T15:00:00Z";

const root = mkdtempSync(join(tmpdir(), "tidings-durable-"));
const startPostgres = (): Promise<EmbeddedPostgres> =>
  startEmbeddedPostgres(join(root, "postgres"), SETTINGS);

let postgres: EmbeddedPostgres;
let pool: Pool;
let daemon: DaemonProcess;

beforeAll(async () => {
  postgres = await startPostgres();
  pool = openPool({ url: postgres.url, actor: "test", max: 3, onLost: () => {} });
  daemon = spawnDaemon({ DATABASE_URL: postgres.url, DATA_DIR: root });
  await daemon.waitFor("daemon.started");
  await insertLender(pool);
  await insertType(pool, { id: 1 });
  await insertType(pool, {
    id: 2,
    delay: 3650,
    unit: "calendarDays",
    caseTypes: ["disputeOfDebt"],
  });
});

afterAll(async () => {
  daemon.child.kill("SIGKILL");
  await daemon.ended;
  await pool.end();
  await postgres.stop();
  rmSync(root, { recursive: true, force: true });
});

const outbox = async (): Promise<string[]> => readdir(join(root, "outbox")).catch(() => []);

/** Every process of the server at once, so that none flushes what another one left in memory. */
function killPostgres(pid: number): void {
  const children = execFileSync("ps", ["-o", "pid=", "--ppid", String(pid)], { encoding: "utf8" });
  for (const one of [pid, ...children.trim().split(/\s+/).map(Number)]) killIfAlive(one);
}

/** A process of the server may have ended since it was listed. */
function killIfAlive(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "ESRCH")) throw error;
  }
}

async function attempted(caseId: string): Promise<number> {
  const { rowCount } = await pool.query(
    "select from tidings.interactions where case_id = $1 and status = 'attempted'",
    [caseId],
  );
  return rowCount ?? 0;
}

async function isAttempted(caseId: string): Promise<void> {
  await expect.poll(() => attempted(caseId)).toBe(1);
}

test("changes that the daemon reports as resolved survive a crash of Postgres right after it", async () => {
  const { rows } = await pool.query<{ id: string }>(
    `insert into tidings.case_changes (case_id, case_type_id, borrower_id, status, changed_at)
     values ('CRASH', 'disputeOfDebt', 'BO-1', 'initiated', $1) returning id`,
    [JANUARY],
  );
  await daemon.waitFor("caseChanges.resolved");
  killPostgres(postgres.pid);
  const killedAt = new Date();
  postgres = await startPostgres();
  const { rows: resolved } = await pool.query<{ resolved_at: Date; planned: number }>(
    `select r.resolved_at, (select count(*) from tidings.interactions i where i.case_change_id = r.case_change_id)::int as planned
     from tidings.resolutions r where r.case_change_id = $1`,
    [rows[0]?.id],
  );
  expect(resolved).toMatchObject([{ planned: 1 }]);
  expect(resolved[0]?.resolved_at.getTime()).toBeLessThan(killedAt.getTime());
  expect(daemon.child.exitCode).toBeNull();
});

test("changes inserted while Postgres crashes again and again are each resolved once", async () => {
  const inserted: string[] = [];
  for (let round = 0; round < 3; round += 1) {
    const rows = Array.from({ length: 40 }, (_, n) => ({
      caseId: `ROUND-${round}-${n}`,
      status: "initiated",
      at: JANUARY,
    }));
    inserted.push(...(await insertChanges(pool, rows)));
    killPostgres(postgres.pid);
    postgres = await startPostgres();
  }
  const unresolved = async (): Promise<number> => {
    const { rowCount } = await pool.query(
      `select from unnest($1::bigint[]) as c(id)
       where not exists (select from tidings.resolutions r where r.case_change_id = c.id)
         or 1 <> (select count(*) from tidings.interactions i where i.case_change_id = c.id and i.previous_interaction_id is null)`,
      [inserted],
    );
    return rowCount ?? 0;
  };
  await expect.poll(unresolved).toBe(0);
});

/** The texts and replies of the crash test as the record has them, read from the rows alone. */
async function crashVerdict(texts: number): Promise<object> {
  const { rows } = await pool.query<object>(
    `select
       (select count(*)::int from tidings.receipts r where r.provider_message_id like 'SMCRASH%') as receipts,
       (select count(*)::int from tidings.receipt_queue) as waiting,
       (select count(*)::int from tidings.interactions i
        where i.provider_message_id like 'SMCRASH%' and (i.status, i.status_details) = ('succeeded', 'textDelivered')
          and 1 = (select count(*) from tidings.interaction_transitions t where t.interaction_id = i.id and t.to_status = 'succeeded')
       ) as delivered_once,
       (select count(*)::int from tidings.inbound_messages) as replies,
       (select string_agg(c.change, ' ' order by c.id) from tidings.consent_records c where c.applied_at is not null) as decisions,
       (select string_agg(e.kind, ' ' order by e.id) from tidings.contact_events e) as events`,
  );
  return { texts, ...rows[0] };
}

test("receipts and replies that arrive while Postgres and the daemon crash are applied, each once", async () => {
  const db = createDb(pool);
  const takeReply = createReplyIntake({
    db,
    emit: () => {},
    clock: systemClock,
    seal: undefined,
    lender: { country: "US", timeZone: "America/New_York", languages: ["en"] },
    readPolicy: createPolicyReader(),
  });
  const words = ["STOP", "START", "STOP"];
  const texts = 40 * words.length;
  for (let n = 0; n < texts; n += 1) await insertAccepted(pool, `SMCRASH${n}`);
  const receiptsOf = (round: number): ArrivedReceipt[] =>
    Array.from({ length: 40 }, (_, n) => `SMCRASH${40 * round + n}`).flatMap((sid) => [
      callback(sid, "sent"),
      callback(sid, "delivered"),
    ]);
  /** As providers do, which repeat what they got no answer for. */
  const deliver = async (round: number): Promise<void> => {
    await keepReceipts(db, receiptsOf(round));
    await takeReply({
      channel: "text",
      provider: "twilio",
      providerMessageId: `SM${String(round).padStart(32, "0")}`,
      from: "+16145550101",
      to: "+15005550006",
      text: words[round] ?? "",
      providerReplied: true,
    });
  };
  for (const [round] of words.entries()) {
    await deliver(round);
    // the daemon may have applied some of them, and not others
    daemon.child.kill("SIGKILL");
    killPostgres(postgres.pid);
    await daemon.ended;
    postgres = await startPostgres();
    await deliver(round);
    daemon = spawnDaemon({ DATABASE_URL: postgres.url, DATA_DIR: root });
    await daemon.waitFor("daemon.started");
  }
  await expect
    .poll(() => crashVerdict(texts))
    .toEqual({
      texts,
      receipts: 2 * texts,
      waiting: 0,
      delivered_once: texts,
      replies: words.length,
      decisions: "optOut optIn optOut",
      events: "optedOut optedIn optedOut",
    });
});

test("the core system's transaction can be prepared for two-phase commit", async () => {
  const client = await pool.connect();
  await client.query("begin");
  await client.query(
    `insert into tidings.case_changes (case_id, case_type_id, borrower_id, status, changed_at)
     values ('PREPARED', 'bankruptcy', 'BO-1', 'initiated', $1)`,
    [JANUARY],
  );
  await client.query("prepare transaction 'core-1'");
  client.release();
  expect(
    (await pool.query("select from tidings.case_changes where case_id = 'PREPARED'")).rowCount,
  ).toBe(0);
  await pool.query("commit prepared 'core-1'");
  await isAttempted("PREPARED");
});

test("changes that logical replication brings are resolved", async () => {
  await pool.query("create database core");
  const url = postgres.url.replace("/postgres?", "/core?");
  const core = openPool({ url, actor: "core", max: 1, onLost: () => {} });
  // no column that only Tidings has, and one the core system calls otherwise is not published
  await core.query(`
    create schema tidings;
    create table tidings.case_changes (
      id bigint primary key, case_id text, case_type_id text, borrower_id text, status text, changed_at timestamptz, note text);
    insert into tidings.case_changes values (1000001, 'COPIED', 'bankruptcy', 'BO-1', 'initiated', '${JANUARY}', 'there before');
    create publication changes for table tidings.case_changes (id, case_id, case_type_id, borrower_id, status, changed_at);
  `);
  await core.query("select pg_create_logical_replication_slot('changes', 'pgoutput')");
  const connection = `host=${new URL(url).searchParams.get("host") ?? ""} dbname=core user=tidings`;
  await pool.query(
    `create subscription changes connection '${connection}' publication changes with (create_slot = false, slot_name = 'changes')`,
  );
  await isAttempted("COPIED");
  await core.query(
    `insert into tidings.case_changes values (1000002, 'STREAMED', 'bankruptcy', 'BO-1', 'initiated', '${JANUARY}', 'there later')`,
  );
  await isAttempted("STREAMED");
  expect(daemon.lines.filter((line) => line.event === "caseChanges.found")).toMatchObject([
    { caseChanges: 1 },
    { caseChanges: 1 },
  ]);
  await pool.query("alter subscription changes disable");
  await pool.query("alter subscription changes set (slot_name = none)");
  await pool.query("drop subscription changes");
  await core.end();
});

test("a backup of schema tidings that was restored without the schema of the queue loses nothing", async () => {
  daemon.child.kill("SIGTERM");
  expect(await daemon.ended).toBe(0);
  await insertChanges(pool, [{ caseId: "RESTORED", status: "initiated", at: JANUARY }]);
  await pool.query("drop schema tidings_queue cascade");
  daemon = spawnDaemon({ DATABASE_URL: postgres.url, DATA_DIR: root });
  await isAttempted("RESTORED");
  expect(await outbox()).not.toEqual([]);
});
