import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { createChannel } from "../../src/channels.ts";
import { readConfig } from "../../src/config.ts";
import { createInFlight } from "../../src/delivery/in-flight.ts";
import type { Deps } from "../../src/deps.ts";
import type { InteractionId } from "../../src/domain/ids.ts";
import type { Provider } from "../../src/providers/answer/provider.ts";
import { createDb, openPool } from "../../src/store/postgres/db.ts";
import { deliverInteractions } from "../../tasks/deliver_interactions.ts";
import { untilWaitingForLock, useDatabase } from "../database.ts";
import { depsOn } from "../deps.ts";
import { worker } from "../ids.ts";
import { insertChanges, insertLender, insertType } from "../lender.ts";
import { runDueJobs, runDueJobsOnce } from "../queue.ts";

const database = useDatabase();
const { pool } = database;

const AT_ONCE: Provider = {
  name: "at-once",
  slots: 100,
  send: async () => ({
    kind: "accepted",
    status: "attempted",
    statusDetails: "textSent",
    messageId: "1",
    evidence: { provider: "at-once", durationMs: 0 },
  }),
  close: async () => {},
};

/** Two daemons, each with its own connections, calls and channel. */
const daemons = ["one", "two"].map((name) => {
  const own = openPool({ url: database.url, actor: `daemon:${name}`, max: 12, onLost: () => {} });
  const text = createChannel(AT_ONCE, readConfig({}).channels.text);
  const deps = depsOn(
    { ...database, db: createDb(own) },
    { channels: { text }, workerId: worker(name), inFlight: createInFlight() },
  );
  return { own, deps };
});
afterAll(() => Promise.all(daemons.map(({ own }) => own.end())));

beforeAll(async () => {
  await insertLender(pool);
  await pool.query(`
    update tidings.contacts set receive_text_messages = true;
    insert into tidings.templates (id, version, channel, text_template, status) values
      (3, 1, 'text', '{{lender.name}}: please call us. Reply STOP to end texts.', 'active')`);
  await insertType(pool, { id: 1, channel: "text", templateId: 3 });
  await pool.query(`
    update tidings.notification_types set status = 'deprecated' where id = 1;
    insert into tidings.notification_types (id, version, name, status, on_status, channel, theme, template_id) values
      (1, 2, 'Past due', 'active', 'initiated', 'text', 'opsCollDebt', 3)`);
});
beforeEach(() => pool.query("delete from tidings_queue._private_jobs"));

async function borrower(id: string, phone: string): Promise<void> {
  await pool.query(
    'insert into tidings.borrowers (id, name) values ($1, \'{"firstName": "Lee"}\')',
    [id],
  );
  await pool.query(
    `insert into tidings.contacts (id, borrower_id, contact_type, label, value, receive_text_messages)
     values ($1, $1, 'phone', 'personal', $2, true)`,
    [id, phone],
  );
}

async function planned(name: string, count: number, borrowerId = "BO-1"): Promise<InteractionId[]> {
  await insertChanges(
    pool,
    Array.from({ length: count }, (_, n) => ({
      caseId: `${name}-${n}`,
      status: "initiated",
      borrowerId,
      at: new Date().toISOString(),
    })),
  );
  // resolved, and not delivered
  await runDueJobs(database, depsOn(database));
  const { rows } = await pool.query<{ id: InteractionId }>(
    "select id from tidings.interactions where case_id like $1 order by id",
    [`${name}-%`],
  );
  return rows.map(({ id }) => id);
}

const run = async (deps: Deps, interactionIds: readonly InteractionId[]): Promise<void> =>
  void (await deliverInteractions(deps)(
    { channel: "text", lane: "single", notStarted: 0, interactionIds },
    undefined as never,
  ));

async function standings(name: string): Promise<Record<string, number>> {
  const { rows } = await pool.query<{ standing: string; count: number }>(
    `select concat_ws(' ', status, compliance_guard_rule_id) as standing, count(*)::int as count
     from tidings.interactions where case_id like $1 group by 1`,
    [`${name}-%`],
  );
  return Object.fromEntries(rows.map(({ standing, count }) => [standing, count]));
}

/** A job ends before it has begun everything, and queues the rest: both daemons go on. */
async function continued(name: string): Promise<Record<string, number>> {
  await Promise.all(daemons.map(({ deps }) => runDueJobsOnce(database, deps)));
  await Promise.all(daemons.map(({ deps }) => deps.inFlight.idle()));
  return await standings(name);
}

test("of 50 texts that two daemons judge at the same time, one uses the one place of the day", async () => {
  const ids = await planned("RACE", 50);
  // As planned for later they do not count for each other, so only the lock keeps two of them from using the same place.
  await pool.query(
    "update tidings.interactions set scheduled_at_from = now() + interval '2 days' where id = any($1::bigint[])",
    [ids],
  );
  await Promise.all(ids.map((id, n) => run(daemons[n % 2]?.deps ?? depsOn(database), [id])));
  await expect.poll(async () => (await continued("RACE"))["scheduled"]).toBeUndefined();
  expect(await standings("RACE")).toMatchObject({ attempted: 1 });
  const { rows } = await pool.query(
    `select count(distinct j.interaction_id)::int as allowed from tidings.judgements j
     join tidings.interactions i on i.id = j.interaction_id where i.case_id like 'RACE-%' and j.outcome = 'allow'`,
  );
  expect(rows).toEqual([{ allowed: 1 }]);
});

test("a batch that both daemons get is sent once and stays within the limit", async () => {
  await pool.query(
    "insert into tidings.borrowers (id, name) values ('BO-3', '{\"firstName\": \"Lee\"}')",
  );
  await pool.query(
    `insert into tidings.contacts (id, borrower_id, contact_type, label, value, receive_text_messages)
     values ('CT-LEE', 'BO-3', 'phone', 'personal', '+16145550103', true)`,
  );
  await insertChanges(
    pool,
    Array.from({ length: 30 }, (_, n) => ({
      caseId: `BATCH-${n}`,
      status: "initiated",
      borrowerId: "BO-3",
      at: new Date().toISOString(),
    })),
  );
  await runDueJobs(database, depsOn(database));
  const { rows } = await pool.query<{ id: InteractionId }>(
    "select id from tidings.interactions where case_id like 'BATCH-%' order by id",
  );
  const ids = rows.map(({ id }) => id);
  await Promise.all(daemons.map(({ deps }) => run(deps, ids)));
  await expect.poll(async () => (await continued("BATCH"))["scheduled"]).toBeUndefined();
  expect(await standings("BATCH")).toMatchObject({ attempted: 1 });
});

test("a core system that keeps a borrower and a contact locked delays no claim", async () => {
  await pool.query(
    "insert into tidings.borrowers (id, name) values ('BO-4', '{\"firstName\": \"Kim\"}')",
  );
  await pool.query(
    `insert into tidings.contacts (id, borrower_id, contact_type, label, value, receive_text_messages)
     values ('CT-KIM', 'BO-4', 'phone', 'personal', '+16145550104', true)`,
  );
  await insertChanges(pool, [
    { caseId: "LOCKED-1", status: "initiated", borrowerId: "BO-4", at: new Date().toISOString() },
  ]);
  await runDueJobs(database, depsOn(database));
  const core = await pool.connect();
  try {
    await core.query("begin");
    await core.query("select from tidings.borrowers where id = 'BO-4' for update");
    await core.query("select from tidings.contacts where id = 'CT-KIM' for update");
    const { rows } = await pool.query<{ id: InteractionId }>(
      "select id from tidings.interactions where case_id = 'LOCKED-1'",
    );
    const [first] = daemons;
    await run(
      first?.deps ?? depsOn(database),
      rows.map(({ id }) => id),
    );
    await first?.deps.inFlight.idle();
    expect(await standings("LOCKED")).toEqual({ attempted: 1 });
  } finally {
    await core.query("rollback");
    core.release();
  }
});

test("a text that a daemon with a fast clock has sent keeps its place", async () => {
  await borrower("BO-5", "+16145550105");
  const ids = await planned("SKEW", 2, "BO-5");
  const [first, second] = daemons.map(({ deps }) => deps);
  if (first === undefined || second === undefined) throw new Error("there are two daemons");
  const ahead = { ...first, clock: () => new Date(Date.now() + 60_000) };
  await run(ahead, ids.slice(0, 1));
  await ahead.inFlight.idle();
  await run(second, ids.slice(1));
  await second.inFlight.idle();
  expect(await standings("SKEW")).toMatchObject({ attempted: 1 });
});

test("a refusal that arrives while a text is judged counts", async () => {
  await borrower("BO-6", "+16145550106");
  const ids = await planned("REFUSED", 1, "BO-6");
  const deps = daemons[0]?.deps ?? depsOn(database);
  const holder = await pool.connect();
  try {
    await holder.query("begin");
    await holder.query(
      "select from tidings.guard_locks where id = tidings.guard_lock_of('BO-6') for update",
    );
    const judged = run(deps, ids);
    await untilWaitingForLock(pool, { words: "guard_locks" });
    await holder.query(
      "insert into tidings.preferences (borrower_id, kind, medium, refused_at) values ('BO-6', 'mediumRefusal', 'text', clock_timestamp())",
    );
    await holder.query("commit");
    await judged;
  } finally {
    holder.release();
  }
  expect(await standings("REFUSED")).toEqual({ "failed medium.refused": 1 });
});
