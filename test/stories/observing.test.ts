import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Pool } from "pg";
import { afterAll, afterEach, expect, test } from "vitest";
import { openPause, releasePause } from "../../src/store/operate/pauses.ts";
import { openPool } from "../../src/store/postgres/db.ts";
import { startEmbeddedPostgres } from "../../src/store/postgres/embedded-postgres.ts";
import { spawnDaemon, type DaemonProcess, type Line } from "../daemon-process.ts";
import { useDatabase } from "../database.ts";
import { insertChanges, insertLender, insertType } from "../lender.ts";
import { parseExposition } from "../observe/exposition.ts";
import { openScriptedSmtp } from "../providers/scripted-smtp.ts";

const { url, pool, db } = useDatabase();
const root = mkdtempSync(join(tmpdir(), "tidings-observing-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** A time that has passed. */
const AT = "2026-01-05T15:00:00Z";

const running: DaemonProcess[] = [];
function start(settings: Readonly<Record<string, string>>): DaemonProcess {
  const daemon = spawnDaemon({
    DATA_DIR: root,
    DATABASE_URL: url,
    METRICS_PORT: "0",
    LOG_HEARTBEAT_SECONDS: "1",
    ...settings,
  });
  running.push(daemon);
  return daemon;
}
afterEach(async () => {
  for (const daemon of running.splice(0)) {
    daemon.child.kill("SIGKILL");
    await daemon.ended;
  }
});

const countOf = (daemon: DaemonProcess, event: string): number =>
  daemon.lines.filter((line) => line.event === event).length;

/** Resolves to the first line of this event from now on with these fields. */
async function untilLine(daemon: DaemonProcess, event: string, fields: object): Promise<Line> {
  const from = daemon.lines.length;
  const found = (): Line | undefined =>
    daemon.lines.slice(from).find((line) => line.event === event && matches(line, fields));
  await expect.poll(found).toBeDefined();
  return found() as Line;
}
const matches = (line: Line, fields: object): boolean =>
  Object.entries(fields).every(
    ([name, value]) => JSON.stringify(line[name]) === JSON.stringify(value),
  );

async function get(daemon: DaemonProcess, path: string): Promise<Response> {
  const { port } = await daemon.waitFor("metrics.opened");
  return await fetch(`http://127.0.0.1:${Number(port)}${path}`);
}

test("a daemon without REST resources has metrics and health, and a heartbeat line", async () => {
  await insertLender(pool);
  await insertType(pool, { id: 1 });
  const daemon = start({});
  await daemon.waitFor("daemon.started");
  await insertChanges(pool, [{ caseId: "O1", status: "initiated", at: AT }]);
  await daemon.waitFor("interaction.accepted");
  const metrics = await get(daemon, "/metrics");
  expect(metrics.headers.get("content-type")).toContain("text/plain; version=0.0.4");
  const { samples } = parseExposition(await metrics.text());
  expect(samples).toContainEqual({
    name: "tidings_attempts_total",
    labels: { channel: "email", outcome: "accepted", reason: "none" },
    value: 1,
  });
  expect((await get(daemon, "/healthz")).status).toBe(200);
  expect((await get(daemon, "/readyz")).status).toBe(200);
  expect((await get(daemon, "/interactions")).status).toBe(404);
  const line = await untilLine(daemon, "heartbeat.reported", {
    databaseRead: true,
    due: 0,
    workers: 1,
    unresolvedChanges: 0,
  });
  expect(line).toMatchObject({ openPauses: 0, heldForPerson: 0 });
  const ofChannel = { channel: "text", condition: "works", paused: false, due: 0 };
  expect(await untilLine(daemon, "channel.reported", ofChannel)).toMatchObject({ inProgress: 0 });
});

test("a pause is reported once when it begins and once when it ends, with its backlog in between", async () => {
  const daemon = start({});
  await daemon.waitFor("daemon.started");
  const paused = { scope: "channel", channel: "email", notificationTypeId: null } as const;
  await openPause(db, paused, { reason: "a test", endsAt: null });
  await daemon.waitFor("channel.paused");
  const changes = Array.from({ length: 200 }, (_, n) => ({
    caseId: `P${n}`,
    status: "initiated",
    at: AT,
  }));
  await insertChanges(pool, changes);
  await untilLine(daemon, "heartbeat.reported", { due: 200, openPauses: 1 });
  await untilLine(daemon, "channel.reported", { channel: "email", paused: true, due: 200 });
  await releasePause(db, paused);
  await daemon.waitFor("channel.released");
  await untilLine(daemon, "heartbeat.reported", { due: 0, inProgress: 0 });
  expect(countOf(daemon, "channel.paused")).toBe(1);
  expect(countOf(daemon, "channel.released")).toBe(1);
  expect(countOf(daemon, "interactions.postponed")).toBeLessThan(4);
});

test("a relay that refuses connections has a first and a last line", async () => {
  const gone = await openScriptedSmtp({});
  await gone.close();
  const daemon = start({
    DELIVERY: "live",
    SMTP_URL: `smtp://127.0.0.1:${gone.port}`,
    EMAIL_FROM: "notices@lender.example",
    EMAIL_RETRIES: Array.from({ length: 60 }, () => "1s").join(" "),
  });
  await daemon.waitFor("daemon.started");
  const changes = Array.from({ length: 20 }, (_, n) => ({
    caseId: `R${n}`,
    status: "initiated",
    at: AT,
  }));
  await insertChanges(pool, changes);
  expect(await daemon.waitFor("provider.lost")).toMatchObject({
    level: "error",
    channel: "email",
    provider: "smtp",
    code: "ECONNREFUSED",
  });
  const back = await openScriptedSmtp({}, gone.port);
  await daemon.waitFor("provider.restored");
  await expect.poll(() => back.mails.length).toBe(20);
  await back.close();
  expect(countOf(daemon, "provider.lost")).toBe(1);
  expect(countOf(daemon, "provider.restored")).toBe(1);
});

/** A database server that a test may stop. */
async function openServer(): Promise<{
  pool: Pool;
  stop(): Promise<void>;
  start(): Promise<void>;
  url: string;
}> {
  const data = join(root, "postgres");
  let server = await startEmbeddedPostgres(data, ["-c", "fsync=off"]);
  const own = openPool({ url: server.url, actor: "test", max: 1, onLost: () => {} });
  return {
    pool: own,
    url: server.url,
    stop: () => server.stop(),
    start: async () => void (server = await startEmbeddedPostgres(data, ["-c", "fsync=off"])),
  };
}

test("a database that is stopped and started has a first and a last line, and stops no heartbeat line", async () => {
  const server = await openServer();
  const daemon = start({ DATABASE_URL: server.url });
  await daemon.waitFor("daemon.started");
  await insertLender(server.pool);
  await insertType(server.pool, { id: 1 });
  await server.stop();
  await daemon.waitFor("database.lost");
  const from = daemon.lines.length;
  await untilLine(daemon, "heartbeat.reported", { databaseRead: false, due: null });
  expect(await (await get(daemon, "/metrics")).text()).toContain("tidings_database_up 0");
  expect((await get(daemon, "/readyz")).status).toBe(503);
  await untilLine(daemon, "heartbeat.reported", { databaseRead: false });
  await untilLine(daemon, "heartbeat.reported", { databaseRead: false });
  const others = daemon.lines.slice(from).filter(({ event }) => !event.endsWith(".reported"));
  expect(others.length).toBeLessThan(10);
  await server.start();
  await daemon.waitFor("database.restored");
  await untilLine(daemon, "heartbeat.reported", { databaseRead: true });
  await insertChanges(server.pool, [{ caseId: "D1", status: "initiated", at: AT }]);
  await daemon.waitFor("interaction.accepted");
  expect(countOf(daemon, "database.lost")).toBe(1);
  expect(countOf(daemon, "database.restored")).toBe(1);
  await server.pool.end();
  daemon.child.kill("SIGKILL");
  await server.stop();
});
