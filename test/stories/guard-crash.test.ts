import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Pool, PoolClient } from "pg";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { openPool } from "../../src/store/postgres/db.ts";
import {
  startEmbeddedPostgres,
  type EmbeddedPostgres,
} from "../../src/store/postgres/embedded-postgres.ts";
import { openRandom } from "../chaos/random.ts";
import { openReceived, TEXT_ACCOUNT, type Received } from "../chaos/received.ts";
import { spawnDaemon, type DaemonProcess } from "../daemon-process.ts";
import { openGate, type Gate } from "../gate.ts";
import { insertChanges, insertLender, insertType } from "../lender.ts";

const root = mkdtempSync(join(tmpdir(), "tidings-guard-crash-"));
const startPostgres = (): Promise<EmbeddedPostgres> =>
  startEmbeddedPostgres(join(root, "postgres"));

let postgres: EmbeddedPostgres;
let pool: Pool;
let received: Received;
let gate: Gate;
let daemons: DaemonProcess[] = [];

beforeAll(async () => {
  postgres = await startPostgres();
  pool = openPool({ url: postgres.url, actor: "test", max: 8, onLost: () => {} });
  received = await openReceived(join(root, "texts"), openRandom(1));
  gate = await openGate(received.twilioUrl);
  const first = await startDaemon("one");
  await insertLender(pool);
  // a role for each daemon, so that a test sees who waits for a lock
  await pool.query("create role one superuser login; create role two superuser login");
  await pool.query(`
    insert into tidings.templates (id, version, channel, text_template, status) values
      (3, 1, 'text', 'Lender: notice of {{case.id}}. Reply STOP to end texts.', 'active')`);
  await insertType(pool, { id: 1, channel: "text", templateId: 3 });
  await pool.query(`
    update tidings.notification_types set status = 'deprecated' where id = 1;
    insert into tidings.notification_types (id, version, name, status, on_status, channel, theme, template_id, on_unknown) values
      (1, 2, 'Past due', 'active', 'initiated', 'text', 'opsCollDebt', 3, 'resend')`);
  // of seven days, so that no midnight gives another place
  await pool.query(`
    insert into tidings.guard_policy_changes (change, rule_id, reason) values ('off', 'freq.cumulative', 'one rule has the limit of this test');
    insert into tidings.guard_policy_changes (change, rule_id, entry_id, jurisdiction, rule, value, applies, source, certainty, reason) values
      ('set', 'freq.state', 'US.oneText', 'US', 'cap', '{"max": 1, "days": 7, "channels": ["text"], "per": "person"}', '{coll}', 'a test', 'policy', 'a test')`);
  first.child.kill("SIGTERM");
  await first.ended;
});
afterEach(async () => {
  gate.letGo();
  for (const { child } of daemons) child.kill("SIGKILL");
  await Promise.all(daemons.map(({ ended }) => ended));
  daemons = [];
});
afterAll(async () => {
  await gate.close();
  await received.close();
  await pool.end();
  await postgres.stop();
  rmSync(root, { recursive: true, force: true });
});

/** Starts a daemon that connects as this role. The first one sets the schema up, before there are such roles. */
async function startDaemon(role: string): Promise<DaemonProcess> {
  const { rowCount } = await pool.query("select from pg_roles where rolname = $1", [role]);
  const daemon = spawnDaemon({
    DATABASE_URL: rowCount === 0 ? postgres.url : postgres.url.replace(/\/\/\w+@/, `//${role}@`),
    DATA_DIR: root,
    DELIVERY: "live",
    SMTP_URL: received.smtpUrl,
    EMAIL_FROM: "Example Lender <notices@lender.example>",
    TWILIO_ACCOUNT_SID: TEXT_ACCOUNT.accountSid,
    TWILIO_AUTH_TOKEN: TEXT_ACCOUNT.authToken,
    TWILIO_FROM: "+15005550006",
    TWILIO_API_URL: gate.url,
    TEXT_SETTLES: "1s 2s 3s",
    // longer than the wait for a place
    TEXT_WITHIN: "240h",
  });
  daemons.push(daemon);
  await daemon.waitFor("daemon.started");
  return daemon;
}

let phones = 100;

/** Inserts changes that each fire a text to one new borrower, each in a transaction. */
async function fire(name: string, count: number): Promise<void> {
  phones += 1;
  await pool.query(
    'insert into tidings.borrowers (id, name) values ($1, \'{"firstName": "Pat"}\')',
    [name],
  );
  await pool.query(
    `insert into tidings.contacts (id, borrower_id, contact_type, label, value, receive_text_messages)
     values ($1, $1, 'phone', 'personal', $2, true)`,
    [name, `+1614555${String(phones).padStart(4, "0")}`],
  );
  await Promise.all(
    Array.from({ length: count }, (_, n) =>
      insertChanges(pool, [
        {
          caseId: `${name}-${n}`,
          status: "initiated",
          borrowerId: name,
          at: new Date().toISOString(),
        },
      ]),
    ),
  );
}

async function standings(name: string): Promise<Record<string, number>> {
  const { rows } = await pool.query<{ standing: string; count: number }>(
    `select concat_ws(' ', case when tidings.is_outcome_unknown(status, status_details) then 'unknown' else status end,
       compliance_guard_rule_id) as standing, count(*)::int as count
     from tidings.interactions where person_id = $1 group by 1`,
    [name],
  );
  return Object.fromEntries(rows.map(({ standing, count }) => [standing, count]));
}

/** The texts that arrived for a borrower, by the sink's own account. */
async function arrived(name: string): Promise<number> {
  const texts = [...(await received.texts())].filter(([body]) => body.includes(`of ${name}-`));
  return texts.reduce((sum, [, count]) => sum + count, 0);
}

/** Waits until one text of a borrower was sent and every other waits for its place. */
async function expectOneSent(name: string, count: number): Promise<void> {
  const expected = { attempted: 1, ...(count > 1 && { "scheduled freq.state": count - 1 }) };
  await expect.poll(() => standings(name)).toEqual(expected);
  expect(await arrived(name)).toBe(1);
}

/** The roles whose statements wait for a lock. */
async function waiting(statement: string): Promise<string[]> {
  const { rows } = await pool.query<{ role: string }>(
    `select distinct usename as role from pg_stat_activity
     where wait_event_type = 'Lock' and query ilike $1 and pid <> pg_backend_pid() order by 1`,
    [`%${statement}%`],
  );
  return rows.map(({ role }) => role);
}

/** Keeps every judgement from being written, so that a daemon stands between judging and its commit. */
async function lockJudgements(): Promise<PoolClient> {
  const client = await pool.connect();
  // a lock that ends with Postgres ends its client too
  client.on("error", () => {});
  await client.query("begin; lock table tidings.judgements in share mode");
  return client;
}

test("of 50 texts that two daemons judge at the same time, one takes the one place", async () => {
  await Promise.all([startDaemon("one"), startDaemon("two")]);
  const client = await pool.connect();
  await client.query("begin");
  await client.query(
    "select from tidings.guard_locks where id = tidings.guard_lock_of('RACE') for update",
  );
  await fire("RACE", 50);
  await expect.poll(() => waiting("tidings.guard_locks")).toEqual(["one", "two"]);
  await client.query("commit");
  client.release();
  await expectOneSent("RACE", 50);
});

test("a daemon that is killed between judging and its commit has sent nothing, and another one sends", async () => {
  const killed = await startDaemon("one");
  const client = await lockJudgements();
  await fire("UNCOMMITTED", 3);
  await expect.poll(() => waiting("insert into tidings.judgements")).toEqual(["one"]);
  killed.child.kill("SIGKILL");
  await killed.ended;
  await startDaemon("two");
  await client.query("rollback");
  client.release();
  await expectOneSent("UNCOMMITTED", 3);
});

test.each([
  ["beforeProvider", "NEVER-ASKED"],
  ["beforeAnswer", "NOT-ANSWERED"],
] as const)("a daemon that is killed after its commit, %s, keeps its place", async (stop, name) => {
  const daemon = await startDaemon("one");
  const kept = gate.keepNext(stop);
  await fire(name, 3);
  await kept;
  daemon.child.kill("SIGKILL");
  await daemon.ended;
  gate.letGo();
  await startDaemon("two");
  await expectOneSent(name, 3);
});

test("Postgres that is killed between judging and the commit has recorded nothing, and one text is sent", async () => {
  await Promise.all([startDaemon("one"), startDaemon("two")]);
  const client = await lockJudgements();
  await fire("LOST-COMMIT", 3);
  await expect.poll(async () => (await waiting("insert into tidings.judgements")).length).toBe(1);
  process.kill(postgres.pid, "SIGKILL");
  client.release(true);
  postgres = await startPostgres();
  await expectOneSent("LOST-COMMIT", 3);
});

test("Postgres that is killed right after the commit keeps the claim, and one text is sent", async () => {
  await Promise.all([startDaemon("one"), startDaemon("two")]);
  const kept = gate.keepNext("beforeAnswer");
  await fire("LOST-ANSWER", 3);
  await kept;
  process.kill(postgres.pid, "SIGKILL");
  postgres = await startPostgres();
  gate.letGo();
  await expectOneSent("LOST-ANSWER", 3);
});
