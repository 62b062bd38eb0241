import type { Socket } from "node:net";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";
import type { InteractionId } from "../../src/domain/ids.ts";
import { createInFlight } from "../../src/delivery/in-flight.ts";
import type { Deps } from "../../src/deps.ts";
import { createChannel } from "../../src/channels.ts";
import { readConfig } from "../../src/config.ts";
import { createDb, openPool } from "../../src/store/postgres/db.ts";
import { rescheduleUnsentClaims } from "../../src/store/settle/recovery.ts";
import { createTemplateCache } from "../../src/store/deliver/template-cache.ts";
import { openPause, releasePause } from "../../src/store/operate/pauses.ts";
import { openSmtp } from "../../src/providers/smtp/smtp.ts";
import { deliverInteractions } from "../../tasks/deliver_interactions.ts";
import { rewriteRecord, useDatabase } from "../database.ts";
import { depsOn } from "../deps.ts";
import { email as anEmail } from "../providers/messages.ts";
import type { Jobs } from "../../src/domain/jobs.ts";
import { interaction, worker } from "../ids.ts";
import { countStandings } from "../interactions.ts";
import { insertChanges, insertLender, insertType } from "../lender.ts";
import { openScriptedSmtp, type Script, type ScriptedSmtp } from "../providers/scripted-smtp.ts";
import { NEVER_MS } from "../never.ts";
import { runDueJobs, runDueJobsOnce } from "../queue.ts";
import { openFickleProxy, openSlowProxy } from "../store/postgres-proxy.ts";

const database = useDatabase();
const { pool } = database;
const emitted: { event: string }[] = [];
const opened: { close(): Promise<void> }[] = [];

beforeAll(async () => {
  await insertLender(pool);
  await insertType(pool, { id: 1 });
});
beforeEach(
  () => void vi.useFakeTimers({ toFake: ["Date"], now: new Date("2031-03-03T15:00:00Z") }),
);
afterEach(async () => {
  vi.useRealTimers();
  emitted.length = 0;
  await Promise.all(opened.splice(0).map((one) => one.close()));
});
afterAll(() => Promise.all(opened.map((one) => one.close())));

/** A carrier of email to a mail server that does as its script says. */
async function serve(
  script: Script,
  deadlineMs = 5_000,
): Promise<{ peer: ScriptedSmtp; deps: Deps }> {
  const peer = await openScriptedSmtp(script);
  const provider = openSmtp({
    url: `smtp://tidings:secret@127.0.0.1:${peer.port}`,
    slots: 4,
    deadlineMs,
  });
  opened.push(provider, peer);
  const config = readConfig({ EMAIL_RETRIES: "1m", EMAIL_SETTLES: "1s" });
  const email = createChannel(provider, config.channels.email);
  const emit: Deps["emit"] = (event) => void emitted.push({ event });
  return { peer, deps: depsOn(database, { channels: { email }, emit }) };
}

const change = (name: string, count: number): Promise<string[]> =>
  insertChanges(
    pool,
    Array.from({ length: count }, (_, n) => ({
      caseId: `${name}-${n}`,
      status: "initiated",
      at: "2031-03-03T14:00:00Z",
    })),
  );

type DeliveryJob = Jobs["deliver_interactions"];

const jobFor = (
  interactionIds: readonly InteractionId[],
  rest: Partial<DeliveryJob> = {},
): DeliveryJob => ({
  channel: "email",
  lane: interactionIds.length > 20 ? "bulk" : "single",
  notStarted: 0,
  interactionIds,
  ...rest,
});

/** Says nothing, and loses the connection when the promise resolves. */
function hangUntil(end: Promise<void>, socket: Socket): undefined {
  void end.then(() => socket.destroy());
}

/** Runs a delivery job as the queue would. */
const run = async (deps: Deps, job: DeliveryJob): Promise<void> =>
  void (await deliverInteractions(deps)(job, undefined as never));

const countSaid = (event: string): number => emitted.filter((one) => one.event === event).length;

test("credentials that are refused stop the channel and not its messages: one loud line, no attempt spent, a probe a minute", async () => {
  let refuses = true;
  const { peer, deps } = await serve({
    AUTH: () => (refuses ? "535 5.7.8 No\r\n" : "235 2.7.0 Welcome\r\n"),
  });
  await change("CIRCUIT", 30);
  await runDueJobs(database, deps);
  expect(await countStandings(pool, "CIRCUIT")).toEqual({ "scheduled 1": 30 });
  expect(countSaid("provider.stopped")).toBe(1);
  expect(peer.connections).toBeLessThanOrEqual(12);

  vi.setSystemTime(new Date("2031-03-03T15:01:30Z"));
  await runDueJobs(database, deps);
  expect(await countStandings(pool, "CIRCUIT")).toEqual({ "scheduled 1": 30 });
  expect(peer.connections).toBeLessThanOrEqual(13);

  refuses = false;
  vi.setSystemTime(new Date("2031-03-03T15:03:00Z"));
  await runDueJobs(database, deps);
  vi.setSystemTime(new Date("2031-03-03T15:06:00Z"));
  await runDueJobs(database, deps);
  expect(await countStandings(pool, "CIRCUIT")).toEqual({ "attempted emailSent 1": 30 });
  expect(countSaid("provider.restored")).toBe(1);
  expect(peer.mails).toHaveLength(30);
});

test("a paused channel with 2,003 notices writes one line for them, not one for each", async () => {
  const { peer, deps } = await serve({});
  const paused = { scope: "channel", channel: "email", notificationTypeId: null } as const;
  await openPause(database.db, paused, { reason: "a test", endsAt: null });
  await change("PAUSED", 2_003);
  await runDueJobs(database, deps);
  expect(await countStandings(pool, "PAUSED")).toEqual({ "scheduled 1": 2_003 });
  expect(countSaid("interactions.postponed")).toBe(1);
  expect(emitted.length).toBeLessThan(10);
  expect(peer.mails).toEqual([]);
  await releasePause(database.db, paused);
  await pool.query("delete from tidings_queue._private_jobs");
});

test("a recipient the relay will not have stops the others twice at the most, and its chain comes to an end", async () => {
  await pool.query(`
    insert into tidings.borrowers (id, name) values ('BO-R', '{"firstName": "Lee"}') on conflict do nothing;
    insert into tidings.contacts (id, borrower_id, contact_type, value) values ('CT-R', 'BO-R', 'email', 'lee@example.org')`);
  const { peer, deps } = await serve({
    RCPT: () =>
      peer.heard.at(-1)?.includes("lee@") === true
        ? "554 5.7.1 Relay access denied\r\n"
        : "250 2.1.5 Ok\r\n",
  });
  const noon = Date.parse("2031-03-03T17:00:00Z");
  for (let minute = 0; minute < 15; minute += 1) {
    vi.setSystemTime(new Date(noon + minute * 60_000));
    const lee = { caseId: "LEE-1", status: "initiated", borrowerId: "BO-R" };
    await insertChanges(pool, [
      ...(minute === 0 ? [lee] : []),
      { caseId: `RELAY-${minute}`, status: "initiated" },
    ]);
    await runDueJobs(database, deps);
  }
  expect(await countStandings(pool, "RELAY")).toEqual({ "attempted emailSent 1": 15 });
  expect(countSaid("provider.stopped")).toBe(2);
  expect(await countStandings(pool, "LEE")).toEqual({
    "failed emailDeferred 1": 1,
    "failed emailDeferred 2": 1,
  });
});

test("a server that accepts no more for now is not called for each message of a bulk", async () => {
  const { peer, deps } = await serve({ dot: () => "454 Throttling failure\r\n" });
  const interactionIds = await schedule("FAST", deps, 100);
  await run(deps, jobFor(interactionIds));
  await deps.inFlight.idle();
  expect(await countStandings(pool, "FAST")).toEqual({ "scheduled 1": 100 });
  expect(peer.heard.filter((line) => line === "DATA").length).toBeLessThan(60);
});

test("a call that hangs delays neither the job nor the recording of other calls", async () => {
  const hangs = Promise.withResolvers<void>();
  const { deps } = await serve(
    {
      dot: (socket, message) =>
        message === 1 ? hangUntil(hangs.promise, socket) : "250 2.0.0 Ok\r\n",
    },
    NEVER_MS,
  );
  await change("HANG", 12);
  await runDueJobs(database, { ...deps, channels: {} });
  const { rows } = await pool.query<{ id: InteractionId }>(
    "select id from tidings.interactions where case_id like 'HANG-%' order by id",
  );
  const interactionIds = rows.map((row) => row.id);
  await run(deps, jobFor(interactionIds));
  // on a slow machine the job ends before it has begun everything, and queues the rest
  await expect
    .poll(async () => {
      await runDueJobsOnce(database, deps);
      return countStandings(pool, "HANG");
    })
    .toEqual({ "attempted emailSent 1": 11, "inProgress 1": 1 });
  hangs.resolve();
  await deps.inFlight.idle();
  expect(await countStandings(pool, "HANG")).toEqual({
    "attempted emailSent 1": 11,
    "attempted emailOutcomeUnknown 1": 1,
  });
});

test("two workers given the same interactions send each of them once", async () => {
  const { peer, deps } = await serve({});
  await change("TWICE", 40);
  await runDueJobs(database, { ...deps, channels: {} });
  const { rows } = await pool.query<{ id: InteractionId }>(
    "select id from tidings.interactions where case_id like 'TWICE-%' order by id",
  );
  const ids = rows.map((row) => row.id);
  const other: Deps = { ...deps, workerId: worker("other"), inFlight: createInFlight() };
  await Promise.all([deps, other, deps, other].map((one) => run(one, jobFor(ids))));
  // on a slow machine a job ends before it has begun everything, and queues the rest
  await runDueJobs(database, deps);
  // it waits for the calls of the first worker only
  await other.inFlight.idle();
  expect(await countStandings(pool, "TWICE")).toEqual({ "attempted emailSent 1": 40 });
  const sent = peer.mails.map((mail) =>
    interaction(/^X-Tidings-Interaction-ID: (\d+)/m.exec(mail)?.[1] ?? ""),
  );
  expect(sent.filter((id) => ids.includes(id)).toSorted()).toEqual(ids.toSorted());
});

/** Scheduled and due, and in no job. */
async function schedule(name: string, deps: Deps, count: number): Promise<InteractionId[]> {
  await change(name, count);
  await runDueJobs(database, { ...deps, channels: {} });
  const { rows } = await pool.query<{ id: InteractionId }>(
    "select id from tidings.interactions where case_id like $1 order by id",
    [`${name}-%`],
  );
  return rows.map((row) => row.id);
}

test("a job does not release interactions that another job has in flight", async () => {
  const hangs = Promise.withResolvers<void>();
  const { peer, deps } = await serve(
    { dot: (socket) => hangUntil(hangs.promise, socket) },
    NEVER_MS,
  );
  const interactionIds = await schedule("SAME", deps, 2);
  await Promise.all([1, 2, 3].map(() => run(deps, jobFor(interactionIds))));
  expect(deps.inFlight.ids().toSorted()).toEqual(interactionIds);
  const inAnHour = new Date("2031-03-03T16:00:00Z");
  expect(
    await rescheduleUnsentClaims(deps.db, worker("test-worker"), deps.inFlight.ids(), inAnHour),
  ).toEqual([]);
  hangs.resolve();
  await deps.inFlight.idle();
  expect(peer.mails).toHaveLength(2);
});

test("a claim whose confirmation did not arrive is scheduled again and sent once", async () => {
  const { peer, deps } = await serve({});
  const interactionIds = await schedule("LOST", deps, 3);
  const proxy = await openFickleProxy(database.url, /COMMIT/);
  const fickle = openPool({ url: proxy.url, actor: "test", max: 2, onLost: () => {} });
  const delivering = run({ ...deps, db: createDb(fickle) }, jobFor(interactionIds));
  await expect(delivering).rejects.toThrow("connection error");
  expect(await countStandings(pool, "LOST")).toEqual({ "inProgress 1": 3 });
  const inAnHour = new Date("2031-03-03T16:00:00Z");
  const returned = await rescheduleUnsentClaims(
    deps.db,
    worker("test-worker"),
    deps.inFlight.ids(),
    inAnHour,
  );
  expect(returned.toSorted()).toEqual(interactionIds);
  await runDueJobs(database, deps);
  expect(await countStandings(pool, "LOST")).toEqual({ "attempted emailSent 1": 3 });
  expect(peer.mails).toHaveLength(3);
  await fickle.end();
  await proxy.close();
});

/** The same tasks on a database that is far away. */
async function farAway(
  deps: Deps,
  line: { latencyMs?: number; bytesPerSecond?: number },
): Promise<Deps> {
  const proxy = await openSlowProxy(database.url, line);
  const slow = openPool({ url: proxy.url, actor: "test", max: 4, onLost: () => {} });
  opened.push(proxy, { close: () => slow.end() });
  const db = createDb(slow);
  return { ...deps, db, loadTemplates: createTemplateCache(db) };
}

test("a job whose facts take longer to load than its turn still starts a call", async () => {
  const { peer, deps } = await serve({});
  const interactionIds = await schedule("FAR", deps, 3);
  const far = await farAway(deps, { latencyMs: 550 });
  await run(far, jobFor(interactionIds));
  await deps.inFlight.idle();
  expect(peer.mails).toHaveLength(3);
  expect(await countStandings(pool, "FAR")).toEqual({ "attempted emailSent 1": 3 });
});

test("large facts delay few others: the set after a slow load is smaller", async () => {
  const { peer, deps } = await serve({});
  const letter = { letter: "x".repeat(300_000) };
  await insertChanges(
    pool,
    Array.from({ length: 16 }, (_, n) => ({
      caseId: `BIG-${n}`,
      status: "initiated",
      at: "2031-03-03T14:00:00Z",
      fields: n % 3 === 0 ? letter : {},
    })),
  );
  await runDueJobs(database, { ...deps, channels: {} });
  const { rows } = await pool.query<{ id: InteractionId }>(
    "select id from tidings.interactions where case_id like 'BIG-%' order by id",
  );
  const interactionIds = rows.map((row) => row.id);
  const far = await farAway(deps, { bytesPerSecond: 1_000_000 });
  await run(far, jobFor(interactionIds));
  await deps.inFlight.idle();
  expect(peer.mails.length).toBeGreaterThan(0);
  expect(deps.channels.email?.loadSize.next(100)).toBeLessThan(20);
  await runDueJobs(database, far);
  expect(await countStandings(pool, "BIG")).toEqual({ "attempted emailSent 1": 16 });
});

test("a set that comes back twice without a call started is reported once, and sent when slots are free", async () => {
  const { peer, deps } = await serve({});
  const interactionIds = await schedule("STUCK", deps, 2);
  const taken = await deps.channels.email?.gate.lease(
    Array.from({ length: 100 }, () => anEmail()),
    "single",
    50,
  );
  await run(deps, jobFor(interactionIds));
  expect(countSaid("interactions.notStarted")).toBe(0);
  const { rows } = await pool.query<{ payload: DeliveryJob }>(
    "delete from tidings_queue._private_jobs where payload->>'notStarted' = '1' returning payload",
  );
  for (const { payload } of rows) await run(deps, payload);
  for (const { payload } of rows) await run(deps, payload);
  expect(countSaid("interactions.notStarted")).toBe(1);
  expect(peer.mails).toHaveLength(0);
  await Promise.all([...(taken?.values() ?? [])].map((lease) => lease[Symbol.asyncDispose]()));
  await runDueJobs(database, deps);
  expect(await countStandings(pool, "STUCK")).toEqual({ "attempted emailSent 1": 2 });
});

test("a provider that limits our rate is called less and less often, and at most a hundred times", async () => {
  const { peer, deps } = await serve({ dot: () => "454 Throttling failure\r\n" });
  const [interactionId = interaction(0)] = await schedule("LIMITED", deps, 1);
  const claimAgain = async (claims: number): Promise<number> => {
    await rewriteRecord(pool, "update tidings.interactions set claims = $1 where id = $2", [
      claims,
      interactionId,
    ]);
    const { rows } = await pool.query<{ due: Date }>(
      "select scheduled_at_from as due from tidings.interactions where id = $1",
      [interactionId],
    );
    vi.setSystemTime(Math.max(Date.now(), rows[0]?.due.getTime() ?? 0));
    const called = Date.now();
    await run(deps, jobFor([interactionId]));
    await deps.inFlight.idle();
    const after = await pool.query<{ due: Date; claims: number }>(
      "select scheduled_at_from as due, claims from tidings.interactions where id = $1",
      [interactionId],
    );
    expect(after.rows[0]?.claims).toBe(claims + (claims < 100 ? 1 : 0));
    return ((after.rows[0]?.due.getTime() ?? 0) - called) / 1_000;
  };
  expect(await claimAgain(0)).toBe(2);
  // the gate begins no call for a second after a provider has limited us
  await expect.poll(() => deps.channels.email?.gate.hasFree("single")).toBe(true);
  expect(await claimAgain(5)).toBe(32);
  await claimAgain(100);
  expect(peer.heard.filter((line) => line === "DATA")).toHaveLength(2);
  expect(await countStandings(pool, "LIMITED")).toEqual({ "failed 1": 1 });
});
