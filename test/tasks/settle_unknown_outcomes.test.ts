import { afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { createChannel } from "../../src/channels.ts";
import { readConfig } from "../../src/config.ts";
import type { Deps } from "../../src/deps.ts";
import type { Jobs } from "../../src/domain/jobs.ts";
import { createCallLimit } from "../../src/providers/flow/call-limit.ts";
import { askTwilio } from "../../src/providers/twilio/statuses.ts";
import { openTwilio } from "../../src/providers/twilio/twilio.ts";
import { requeueUnsettled } from "../../src/store/settle/recovery.ts";
import { settleUnknownOutcomes } from "../../tasks/settle_unknown_outcomes.ts";
import { rewriteRecord, useDatabase } from "../database.ts";
import { depsOn } from "../deps.ts";
import { countStandings } from "../interactions.ts";
import { insertChanges, insertLender, insertType } from "../lender.ts";
import { NEVER_MS } from "../never.ts";
import { httpError, openScriptedHttp, reply, type Serve } from "../providers/scripted-http.ts";
import { runDueJobs } from "../queue.ts";

const database = useDatabase();
const { pool, db } = database;
const opened: { close(): Promise<void> }[] = [];
const NOON = Date.parse("2031-03-03T17:00:00Z");

beforeAll(async () => {
  await insertLender(pool);
  await pool.query("insert into tidings.case_types (id) values ('texted')");
  await insertType(pool, { id: 2, channel: "text", caseTypes: ["texted"] });
});
beforeEach(async () => {
  vi.useFakeTimers({ toFake: ["Date"], now: NOON });
  await takeJobs();
  await pool.query("update tidings.interactions set settle_at = null where settle_at is not null");
});
afterEach(async () => {
  vi.useRealTimers();
  await Promise.all(opened.splice(0).map((one) => one.close()));
});

interface Scene {
  readonly deps: Deps;
  /** The number of posted texts, and of requests for the list. */
  readonly calls: { posts: number; lists: number };
}

const NOT_THERE: Serve = reply(200, { messages: [] });

/** Twilio answers each text with 503 and lists messages as `list` says. */
async function openScene(list: () => Serve, settings: object = {}): Promise<Scene> {
  const calls = { posts: 0, lists: 0 };
  const peer = await openScriptedHttp((response, form, request) => {
    const isPost = request.method === "POST";
    if (isPost) calls.posts += 1;
    else calls.lists += 1;
    (isPost ? httpError(503, 20_503) : list())(response, form, request);
  });
  const provider = openTwilio({
    accountSid: `AC${"0".repeat(32)}`,
    authToken: "secret",
    from: "+15005550006",
    apiUrl: `http://127.0.0.1:${peer.port}`,
    slots: 4,
    deadlineMs: NEVER_MS,
  });
  opened.push(provider, peer);
  const config = readConfig({ TEXT_RETRIES: "1m 1m", TEXT_SETTLES: "10s 20s", ...settings });
  const text = {
    ...createChannel(provider, config.channels.text),
    lookups: {
      limit: createCallLimit(2),
      findSent: (...words: [Parameters<typeof askTwilio>[1], readonly string[]]) =>
        askTwilio(provider, ...words),
    },
  };
  return { calls, deps: depsOn(database, { channels: { text } }) };
}

const change = (name: string, count: number): Promise<string[]> =>
  insertChanges(
    pool,
    Array.from({ length: count }, (_, n) => ({
      caseId: `${name}-${n}`,
      status: "initiated",
      caseTypeId: "texted",
      at: new Date().toISOString(),
    })),
  );

async function at(deps: Deps, seconds: number): Promise<void> {
  vi.setSystemTime(NOON + seconds * 1_000);
  await runDueJobs(database, deps);
}

/** Takes the jobs that settle out of the queue. */
async function takeJobs(): Promise<Jobs["settle_unknown_outcomes"][]> {
  const { rows } = await pool.query<{ payload: Jobs["settle_unknown_outcomes"] }>(
    `delete from tidings_queue._private_jobs j using tidings_queue._private_tasks t
     where t.id = j.task_id and t.identifier = 'settle_unknown_outcomes' returning j.payload`,
  );
  return rows.map((row) => row.payload);
}

test("while the list hangs, a job gives its place back and asks two at a time in its own limit", async () => {
  const held: (() => void)[] = [];
  const { deps, calls } = await openScene(
    () => (response, form, request) =>
      void held.push(() => httpError(503, 20_503)(response, form, request)),
  );
  await change("HANG", 6);
  await runDueJobs(database, deps);
  expect(await countStandings(pool, "HANG")).toEqual({ "attempted textOutcomeUnknown 1": 6 });
  vi.setSystemTime(NOON + 11_000);
  const jobs = await takeJobs();
  for (const job of jobs) await settleUnknownOutcomes(deps)(job, undefined as never);
  expect(deps.inFlight.calls).toBe(jobs.length);
  for (const lists of [2, 4, 6]) {
    await expect.poll(() => held.length).toBe(2);
    expect(calls.lists).toBe(lists);
    for (const answer of held.splice(0)) answer();
  }
  await deps.inFlight.idle();
  expect(calls.lists).toBe(6);
  // looked up again as one set, not as six jobs
  expect((await takeJobs()).map((job) => [job.timesLookedUp, job.interactionIds.length])).toEqual(
    expect.arrayContaining([[1, expect.any(Number)]]),
  );
});

test("outcomes leased by a process that died are queued again when the lease ends, and settled once", async () => {
  const { deps, calls } = await openScene(() => NOT_THERE);
  await change("DIED", 3);
  await runDueJobs(database, deps);
  await takeJobs(); // lost
  expect(await requeueUnsettled(db, new Date(NOON))).toEqual([]);
  const ids = await requeueUnsettled(db, new Date(NOON + 60_000));
  expect(ids).toHaveLength(3);
  const [job] = await takeJobs();
  expect(job).toMatchObject({ timesLookedUp: 0, interactionIds: ids.toSorted() });
  const again = settleUnknownOutcomes(deps);
  const twice = job ?? { channel: "text", interactionIds: [], timesLookedUp: 0 };
  await Promise.all([again(twice, undefined as never), again(twice, undefined as never)]);
  await deps.inFlight.idle();
  expect(calls.lists).toBe(3);
});

test("a daemon that stops returns its lookups to the queue at once", async () => {
  const { deps, calls } = await openScene(() => NOT_THERE);
  await change("STOP", 3);
  await runDueJobs(database, deps);
  vi.setSystemTime(NOON + 11_000);
  const stopping = AbortSignal.abort();
  for (const job of await takeJobs())
    await settleUnknownOutcomes({ ...deps, stopping })(job, undefined as never);
  await deps.inFlight.idle();
  expect(calls.lists).toBe(0);
  await at(deps, 12);
  expect(calls.lists).toBe(3);
});

test("a text that is never taken is sent as often as the channel retries, and no more", async () => {
  const { deps, calls } = await openScene(() => NOT_THERE);
  await change("NEVER", 1);
  for (let second = 0; second < 1_200; second += 10) await at(deps, second);
  expect(calls.posts).toBe(3);
  expect(await countStandings(pool, "NEVER")).toEqual({ "failed textFailed 1": 1 });
});

const BROKEN = { sealed: "damaged" };
const FOREIGN = {
  sealed: {
    keyId: "0123456789ab",
    iv: Buffer.alloc(12).toString("base64"),
    tag: Buffer.alloc(16).toString("base64"),
    data: "",
    commitment: "",
  },
};

test.each([
  ["a broken seal waits for a person", BROKEN, "SEAL_BROKEN", null],
  ["an unknown key is queued again", FOREIGN, "CONTENT_KEY_UNKNOWN", new Date(NOON + 311_000)],
])("one with %s, and the others are looked up", async (name, content, code, settleAt) => {
  const { deps: silent, calls } = await openScene(() => NOT_THERE);
  const unreadable: unknown[] = [];
  const emit: Deps["emit"] = (event, ...[fields]) => {
    if (event === "outcome.contentNotOpened") unreadable.push(fields);
  };
  const deps = { ...silent, emit };
  await change(name, 3);
  await runDueJobs(database, deps);
  const caseId = `${name}-0`;
  await rewriteRecord(pool, "update tidings.interactions set content = $1 where case_id = $2", [
    content,
    caseId,
  ]);
  await at(deps, 11);
  await deps.inFlight.idle();
  const { rows } = await pool.query<{ id: string; settle_at: Date | null }>(
    "select id, settle_at from tidings.interactions where case_id = $1",
    [caseId],
  );
  expect(unreadable).toEqual([{ interactionId: rows[0]?.id, code }]);
  expect(rows[0]?.settle_at).toEqual(settleAt);
  expect(calls.lists).toBe(2);
});
