import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openPause, releasePause } from "../../src/store/operate/pauses.ts";
import { spawnDaemon, type DaemonProcess } from "../daemon-process.ts";
import { rewriteRecord, useDatabase } from "../database.ts";
import { insertInteraction, insertLogged } from "../interactions.ts";
import { insertChanges, insertLender, insertType } from "../lender.ts";
import { ALERTS } from "../observe/alerts.ts";
import { parseExposition, type Sample } from "../observe/exposition.ts";
import { evaluate } from "../observe/promql.ts";
import { openScriptedSmtp, type ScriptedSmtp } from "../providers/scripted-smtp.ts";
import { openSlowProxy, type PostgresProxy } from "../store/postgres-proxy.ts";

// One daemon is brought into the state of each alert in turn, and the alert's expression is evaluated on what it serves.
// The times of the rules (`for`) are Prometheus' part.

const database = useDatabase();
const { pool, db } = database;
const root = mkdtempSync(join(tmpdir(), "tidings-alerts-"));
/** A time that has passed. */
const AT = "2026-01-05T15:00:00Z";

/** The latency of the database; the daemon reaches it through a proxy. */
const line = { latencyMs: 0 };
let proxy: PostgresProxy;
let relay: ScriptedSmtp;
let refusesLogin = false;
let daemon: DaemonProcess;

beforeAll(async () => {
  await insertLender(pool);
  await insertType(pool, { id: 1 });
  proxy = await openSlowProxy(database.url, line);
  relay = await openScriptedSmtp({
    AUTH: () => (refusesLogin ? "535 5.7.8 No\r\n" : "235 2.7.0 Welcome\r\n"),
    // the connection of the first message is open and has logged in already
    MAIL: () => (refusesLogin ? "530 5.7.0 Authentication required\r\n" : "250 2.1.0 Ok\r\n"),
  });
  daemon = spawnDaemon({
    DATA_DIR: root,
    DATABASE_URL: proxy.url,
    METRICS_PORT: "0",
    DELIVERY: "live",
    SMTP_URL: `smtp://tidings:secret@127.0.0.1:${relay.port}`,
    EMAIL_FROM: "notices@lender.example",
    EMAIL_RETRIES: "1h",
  });
  await daemon.waitFor("daemon.started");
});
afterAll(async () => {
  daemon.child.kill("SIGKILL");
  await daemon.ended;
  await proxy.close();
  await relay.close().catch(() => {});
  rmSync(root, { recursive: true, force: true });
});

/** The metrics of the daemon in Prometheus; none if the daemon does not answer. */
async function scrape(): Promise<readonly Sample[]> {
  const { port } = await daemon.waitFor("metrics.opened");
  const text = await fetch(`http://127.0.0.1:${Number(port)}/metrics`).then(
    (response) => response.text(),
    () => undefined,
  );
  return text === undefined ? [] : parseExposition(text).samples;
}

async function firing(): Promise<string[]> {
  const samples = await scrape();
  return ALERTS.filter(({ expr }) => evaluate(expr, samples).length > 0).map(({ alert }) => alert);
}

const tried = new Set<string>();
/** The alert fires, and no other one. */
async function expectFiring(...alerts: readonly string[]): Promise<void> {
  for (const alert of alerts) tried.add(alert);
  await expect
    .poll(firing)
    .toEqual(ALERTS.map(({ alert }) => alert).filter((alert) => alerts.includes(alert)));
}

const emailPause = { scope: "channel", channel: "email", notificationTypeId: null } as const;
const change = (caseId: string): Promise<unknown> =>
  insertChanges(pool, [{ caseId, status: "initiated", at: AT }]);

test("a daemon without trouble fires no alert", async () => {
  await change("WORKS");
  await daemon.waitFor("interaction.accepted");
  await expectFiring();
});

test("a change that cannot be resolved", async () => {
  const { rows } = await pool.query<{ id: string }>(`
    insert into tidings.resolve_queue (case_change_ids, queued_at, run_at, attempts, failed_by)
    select array[min(id)], now() - interval '10 minutes', now() + interval '1 hour', 3, '23514' from tidings.case_changes
    returning id`);
  await expectFiring("TidingsChangesUnresolved");
  await pool.query("delete from tidings.resolve_queue where id = $1", [rows[0]?.id]);
  await expectFiring();
});

test("a forgotten pause, whose notices fire no other alert", async () => {
  await openPause(db, emailPause, { reason: "a test", endsAt: null });
  const since = "update tidings.pauses set paused_at = now() - interval '5 hours'";
  await rewriteRecord(pool, since);
  const scheduledAtFrom = new Date(Date.now() - 3_600_000);
  const id = await insertInteraction(pool, { scheduledAtFrom });
  await expectFiring("TidingsPauseForgotten");
  await rewriteRecord(pool, "delete from tidings.interactions where id = $1", [id]);
  await releasePause(db, emailPause);
});

test("a held notice that is forgotten, and one that must leave within a day", async () => {
  const held = { scheduledAtFrom: null, complianceGuardRuleId: "party.leaked" };
  const ids = [
    await insertInteraction(pool, held),
    await insertInteraction(pool, { ...held, scheduledAtTo: new Date(Date.now() + 3_600_000) }),
  ];
  const insertHold = `insert into tidings.holds (interaction_id, chain_id, rule_ids) values ($1, $1, '{party.leaked}')`;
  await pool.query(insertHold, [ids[0]]);
  await expectFiring();
  const since = "update tidings.holds set held_at = now() - interval '5 hours'";
  await rewriteRecord(pool, since);
  await expectFiring("TidingsHoldForgotten");
  await pool.query(insertHold, [ids[1]]);
  await expectFiring("TidingsHoldForgotten", "TidingsHoldNearDeadline");
  await rewriteRecord(pool, "delete from tidings.holds");
  await rewriteRecord(pool, "delete from tidings.interactions where id = any($1)", [ids]);
  await expectFiring();
});

test("a notice that the law requires and that did not arrive", async () => {
  const id = await insertInteraction(pool, { status: "failed", statusDetails: "emailBounced" });
  await pool.query("insert into tidings.undelivered_notices (interaction_id) values ($1)", [id]);
  await expectFiring("TidingsNoticesUndelivered");
  await rewriteRecord(pool, "delete from tidings.undelivered_notices");
  await rewriteRecord(pool, "delete from tidings.interactions where id = $1", [id]);
});

test("a reply that waits for a person", async () => {
  const id = await insertLogged(pool, { direction: "inbound" });
  await pool.query(
    `insert into tidings.inbound_messages (interaction_id, provider, provider_message_id, received_at, contact_ids, reading,
       suppresses, is_open)
     values ($1, 'twilio', 'SM1', now() - interval '5 hours', '{}', 'unclear', false, true)`,
    [id],
  );
  await expectFiring("TidingsRepliesUnread");
  await rewriteRecord(pool, "delete from tidings.inbound_messages");
  await rewriteRecord(pool, "delete from tidings.interactions where id = $1", [id]);
});

test("a notice of a channel that no daemon carries", async () => {
  const scheduledAtFrom = new Date(Date.now() - 3_600_000);
  const id = await insertInteraction(pool, { channel: "text", scheduledAtFrom });
  await expectFiring("TidingsNoticesLate");
  await rewriteRecord(pool, "delete from tidings.interactions where id = $1", [id]);
});

test("an outcome that is left to a person", async () => {
  const id = await insertInteraction(pool, {
    status: "attempted",
    statusDetails: "emailOutcomeUnknown",
  });
  await expectFiring("TidingsOutcomesHeld");
  await rewriteRecord(pool, "delete from tidings.interactions where id = $1", [id]);
});

test("a job that the queue has given up", async () => {
  await pool.query(
    "select tidings_queue.add_job('deliver_interactions', '{}'::json, run_at := now() + interval '1 hour')",
  );
  await pool.query("update tidings_queue._private_jobs set attempts = max_attempts");
  await expectFiring("TidingsJobsGivenUp");
  await pool.query("delete from tidings_queue._private_jobs where attempts = max_attempts");
});

test("a slow database", async () => {
  line.latencyMs = 400;
  await expectFiring("TidingsDatabaseSlow");
  line.latencyMs = 0;
  await expectFiring();
});

test("credentials that are refused", async () => {
  refusesLogin = true;
  await change("LOGIN");
  await expectFiring("TidingsChannelStopped");
});

test("a database that is gone", async () => {
  await proxy.close();
  await expectFiring("TidingsDatabaseLost", "TidingsChannelStopped");
});

test("no daemon", async () => {
  daemon.child.kill("SIGKILL");
  await daemon.ended;
  await expectFiring("TidingsNoDaemon");
});

test("a relay that is down", async () => {
  await relay.close();
  daemon = spawnDaemon({
    DATA_DIR: root,
    DATABASE_URL: database.url,
    METRICS_PORT: "0",
    DELIVERY: "live",
    SMTP_URL: `smtp://127.0.0.1:${relay.port}`,
    EMAIL_FROM: "notices@lender.example",
  });
  await daemon.waitFor("daemon.started");
  for (const name of ["DOWN-1", "DOWN-2", "DOWN-3"]) await change(name);
  await expectFiring("TidingsProviderLost");
});

test("every alert was tried", () => {
  expect([...tried].toSorted()).toEqual(ALERTS.map(({ alert }) => alert).toSorted());
});
