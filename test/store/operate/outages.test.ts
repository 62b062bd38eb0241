import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { outages } from "../../../src/commands/outages.ts";
import type { ChannelState } from "../../../src/domain/channel-state.ts";
import type { InteractionId } from "../../../src/domain/ids.ts";
import {
  listLateNotices,
  listOutages,
  type Outage,
  recordDatabaseOutage,
} from "../../../src/store/operate/outages.ts";
import { deregisterWorker, recordHeartbeat } from "../../../src/store/queue/workers.ts";
import { runOn } from "../../commands/run.ts";
import { rewriteRecord, useDatabase } from "../../database.ts";
import { worker } from "../../ids.ts";
import { insertInteraction } from "../../interactions.ts";
import { insertLender, insertType } from "../../lender.ts";

const database = useDatabase();
const { pool, db } = database;

beforeAll(async () => {
  await insertLender(pool);
  await insertType(pool, { id: 1 });
});
beforeEach(async () => {
  await rewriteRecord(
    pool,
    "truncate tidings.outages, tidings.workers, tidings.interactions, tidings.pauses, tidings.record_changes cascade; update tidings.newest_heartbeat set seen_at = null",
  );
});

const beat = (name: string, channels: readonly ChannelState[] = [], wasAway = false) =>
  recordHeartbeat(
    db,
    { id: worker(name), host: "host", pid: 1, queuePool: name, channels },
    wasAway,
  );
const emailIs = (condition: ChannelState["condition"]): ChannelState => ({
  channel: "email",
  provider: "smtp",
  condition,
  since: condition === "works" ? null : new Date(Date.now() - 5_000).toISOString(),
  why: null,
  words: null,
  failures: 3,
  lastMinute: { answered: 0, accepted: 0 },
  lastFiveMinutes: { answered: 0, accepted: 0 },
});
const silentFor = (seconds: number): Promise<void> =>
  rewriteRecord(
    pool,
    `update tidings.newest_heartbeat set seen_at = clock_timestamp() - ${seconds} * interval '1 second'`,
  );
const DAY_MS = 86_400_000;
const period = { from: new Date(Date.now() - DAY_MS), until: new Date(Date.now() + DAY_MS) };
const found = (): Promise<Outage[]> => listOutages(db, period);

describe("an outage of Tidings itself", () => {
  test("is the gap between two heartbeats of any daemons", async () => {
    await beat("w-1");
    await deregisterWorker(db, worker("w-1"));
    await silentFor(90);
    await beat("w-2");
    const [gap, ...more] = await found();
    expect(more).toEqual([]);
    expect(gap).toMatchObject({ kind: "tidings", code: "noHeartbeat", workerId: "w-2" });
    expect(gap?.lastedMs).toBeGreaterThanOrEqual(90_000);
    await beat("w-1");
    expect(await found()).toHaveLength(1);
  });

  test("is none at the first start, nor after a short gap, nor while another daemon lives", async () => {
    await beat("w-1");
    await silentFor(5);
    await beat("w-1");
    await beat("w-2");
    expect(await found()).toEqual([]);
  });

  test("is none if the daemon knows that the database was away", async () => {
    await beat("w-1");
    await silentFor(90);
    await beat("w-1", [], true);
    expect(await found()).toEqual([]);
  });
});

test("an outage of the database has the times of the database's clock", async () => {
  await recordDatabaseOutage(db, {
    workerId: worker("w-1"),
    code: "ECONNREFUSED",
    lastedMs: 4_000,
    endedMsAgo: 1_000,
  });
  expect(await found()).toMatchObject([
    { kind: "database", code: "ECONNREFUSED", lastedMs: 4_000 },
  ]);
});

describe("an outage of a provider", () => {
  test("begins and ends with the state of its channel, once for each daemon", async () => {
    await beat("w-1", [emailIs("works")]);
    await beat("w-1", [emailIs("failing")]);
    await beat("w-1", [emailIs("stopped")]);
    await beat("w-2", [emailIs("works")]);
    expect(await found()).toMatchObject([
      { kind: "provider", channel: "email", code: "failing", workerId: "w-1", endedAt: null },
    ]);
    await beat("w-1", [emailIs("works")]);
    const [ended] = await found();
    expect(ended?.endedAt).toBeInstanceOf(Date);
    expect(ended?.lastedMs).toBeGreaterThanOrEqual(5_000);
    await beat("w-1", [emailIs("failing")]);
    expect(await found()).toHaveLength(2);
  });

  test("uses up one id, however many heartbeats it lasts", async () => {
    await beat("w-1", [emailIs("failing")]);
    await beat("w-1", [emailIs("failing")]);
    await beat("w-1", [emailIs("failing")]);
    await beat("w-2", [emailIs("failing")]);
    const ids = (await found()).map(({ id }) => Number(id)).toSorted((a, b) => a - b);
    expect(ids).toEqual([ids[0], (ids[0] ?? 0) + 1]);
  });

  test("ends when the daemon that noticed it is gone", async () => {
    await beat("w-1", [emailIs("stopped")]);
    await deregisterWorker(db, worker("w-1"));
    await beat("w-2", [emailIs("works")]);
    expect((await found())[0]?.endedAt).toBeInstanceOf(Date);
  });
});

test("an outage is history: only its end is added, once, and that is on record", async () => {
  await beat("w-1", [emailIs("stopped")]);
  const refused = (statement: string): Promise<unknown> =>
    pool.query(statement).catch((error: unknown) => (error as { constraint: string }).constraint);
  expect(await refused("update tidings.outages set code = 'other'")).toBe("outages_are_history");
  expect(await refused("delete from tidings.outages")).toBe("outages_are_history");
  await beat("w-1", [emailIs("works")]);
  expect(await refused("update tidings.outages set ended_at = now()")).toBe("outages_are_history");
  const { rows } = await pool.query(
    "select changes ? 'ended_at' as ended from tidings.record_changes where table_name = 'outages'",
  );
  expect(rows).toEqual([{ ended: true }]);
});

describe("a late notice", () => {
  const HOUR_MS = 3_600_000;
  const hoursAgo = (hours: number): Date => new Date(Date.now() - hours * HOUR_MS);
  const called = (due: number, call: number, channel = "email"): Promise<InteractionId> =>
    insertInteraction(pool, {
      status: "attempted",
      statusDetails: "emailSent",
      channel,
      scheduledAtFrom: hoursAgo(due),
      startedAt: hoursAgo(call),
      endedAt: hoursAgo(call),
    });
  const away = (kind: string, from: number, to: number, channel: string | null = null) =>
    pool.query<{ id: string }>(
      "insert into tidings.outages (kind, worker_id, channel, code, began_at, ended_at) values ($1, 'w-1', $2, 'test', $3, $4) returning id",
      [kind, channel, hoursAgo(from), hoursAgo(to)],
    );
  const late = () => listLateNotices(db, period, 10);

  test("points at the outage that covers most of its delay, and one on time is not listed", async () => {
    const notice = await called(10, 4);
    await called(10, 9.9);
    await away("database", 10, 9.5);
    const { rows } = await away("tidings", 9, 4);
    await away("provider", 10, 4, "text");
    expect(await late()).toMatchObject([
      { interactionId: notice, outageId: rows[0]?.id, pauseId: null },
    ]);
    expect((await runOn(database, outages, "--late")).code).toBe(0);
  });

  test("points at the outage of the provider of its channel, also while both last", async () => {
    const waiting = await insertInteraction(pool, {
      scheduledAtFrom: hoursAgo(2),
      startedAt: null,
    });
    const { rows } = await pool.query<{ id: string }>(
      "insert into tidings.outages (kind, worker_id, channel, code, began_at) values ('provider', 'w-1', 'email', 'stopped', $1) returning id",
      [hoursAgo(3)],
    );
    expect(await late()).toMatchObject([
      { interactionId: waiting, calledAt: null, outageId: rows[0]?.id },
    ]);
  });

  test("points at a pause", async () => {
    await rewriteRecord(
      pool,
      `insert into tidings.pauses (scope, reason, paused_at, paused_by) values ('everything', 'test', now() - interval '5 hours', 'operator:kim')`,
    );
    await called(4, 1);
    expect(await late()).toMatchObject([{ outageId: null, pauseId: expect.any(String) }]);
  });

  test("that nothing explains is listed first, with exit code 1", async () => {
    await away("tidings", 20, 12);
    await called(18, 11);
    const unexplained = await called(5, 2);
    expect(await late()).toMatchObject([
      { interactionId: unexplained, outageId: null, pauseId: null, putOffBy: null },
      { outageId: expect.any(String) },
    ]);
    const { code, output } = await runOn(database, outages, "--late");
    expect(code).toBe(1);
    expect(output).toMatch(/NOT EXPLAINED/);
  });

  test("of a rule of the guard counts from the time that the rule gave", async () => {
    await insertInteraction(pool, {
      status: "attempted",
      statusDetails: "emailSent",
      scheduledAtFrom: hoursAgo(1),
      startedAt: hoursAgo(1),
    });
    expect(await late()).toEqual([]);
  });
});

test("the command lists outages", async () => {
  expect((await runOn(database, outages)).output).toBe("No outage is on record in this period.");
  await beat("w-1", [emailIs("stopped")]);
  const { code, output } = await runOn(database, outages);
  expect(code).toBe(0);
  expect(output).toMatch(/provider of email +.* +IT LASTS +.*stopped +w-1/);
});
