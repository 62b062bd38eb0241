import { beforeAll, describe, expect, test } from "vitest";
import { settle } from "../../src/commands/settle.ts";
import { status } from "../../src/commands/status/status.ts";
import type { InteractionId } from "../../src/domain/ids.ts";
import { planNextAttempts } from "../../src/store/deliver/next-attempts.ts";
import { cancelScheduled } from "../../src/store/operate/cancellation.ts";
import { useDatabase } from "../database.ts";
import { interaction } from "../ids.ts";
import { depsOn } from "../deps.ts";
import { insertInteraction, insertInteractions, insertLogged } from "../interactions.ts";
import { insertChanges, insertLender, insertType } from "../lender.ts";
import { runDueJobs } from "../queue.ts";
import { runOn } from "./run.ts";

const database = useDatabase();
const { pool, db } = database;
const readStatus = async (): Promise<string> => (await runOn(database, status)).output;

beforeAll(() => insertLender(pool));

test("of an empty installation: every line reports nothing", async () => {
  expect(await readStatus()).toBe(
    [
      "No daemon is alive: nothing is sent until `tidings start` runs.",
      "",
      "email: NOT SENT BY ANY LIVE DAEMON.",
      "text: NOT SENT BY ANY LIVE DAEMON.",
      "",
      "Every case change is resolved.",
      "Nothing is due and not sent.",
      "Nothing is planned for later.",
      "No outcome is unknown.",
      "",
      "No job waits.",
      "",
      "NEEDS A PERSON: no daemon is alive.",
    ].join("\n"),
  );
});

test("of a working one: daemons, channels, overdue and paused notices, unknown outcomes", async () => {
  await insertType(pool, { id: 1, delay: 5, unit: "calendarDays" });
  await insertType(pool, { id: 2, channel: "text", delay: 5, unit: "calendarDays" });
  const cases = [1, 2, 3, 4].map((n) => ({
    caseId: `CS-${n}`,
    status: "initiated",
    at: "2031-03-03T15:00:00Z",
  }));
  await insertChanges(pool, cases);
  await runDueJobs(database, depsOn(database));
  await insertChanges(pool, [{ caseId: "CS-9", status: "initiated" }]);
  const { rows } = await pool.query<{ id: string }>(
    "select id from tidings.interactions where notification_type_id = 1 order by id",
  );
  const [late, unknown, failed, resent = ""] = rows.map(({ id }) => id);
  await pool.query(
    `update tidings.interactions set scheduled_at_from = now() - interval '125 minutes 5 seconds' where id = ${late};
     update tidings.interactions set scheduled_at_from = now() - interval '65 minutes 5 seconds' where notification_type_id = 2 and id < ${resent};
     update tidings.interactions set status = 'inProgress', claimed_by = 'w', claimed_at = now() where id in (${unknown}, ${resent}, ${failed});
     update tidings.interactions set status = 'attempted', status_details = 'emailOutcomeUnknown' where id in (${unknown}, ${resent});
     update tidings.interactions set status = 'failed', failure_description_short = 'x', failure_description_long = 'x' where id = ${failed};
     insert into tidings.workers (id, host, pid, queue_pool, started_at, heartbeat_at, channels) values
       ('w-alive', 'h', 1, 'p', now() - interval '1 day', now(), '${JSON.stringify([WORKING])}'),
       ('w-gone', 'h', 2, 'q', now(), now() - interval '14 seconds', '[]');
     insert into tidings.pauses (scope, channel, notification_type_id, reason) values
       ('everything', null, null, 'over'), ('channel', 'text', null, 'storm'), ('notificationType', null, 7, 'wrong words');
     update tidings.pauses set released_at = now() where reason = 'over';`,
  );
  await planNextAttempts(db, [
    { interactionId: interaction(resent), dueAt: new Date("2031-03-09") },
  ]);
  await insertLogged(pool);
  const page = (await readStatus())
    .replace(/due 2 h 5 min ago \(.*\)/, "due 2 h 5 min ago (MOMENT)")
    .replaceAll(/since .* by/g, "since MOMENT by")
    .replaceAll(/(the next|the first) for \w+ [\d-]+ [\d:]+ E[SD]T/g, "$1 for MOMENT")
    .replace(/heartbeat \d+\.\d s ago/, "heartbeat 0.0 s ago")
    .replace(/HEARTBEAT for \d+ s/, "HEARTBEAT for 14 s")
    .replace(/the oldest for [\d.]+ s/, "the oldest for 0.0 s");
  expect(page).toMatchInlineSnapshot(`
    "1 daemon alive
      w-alive  heartbeat 0.0 s ago
      w-gone   NO HEARTBEAT for 14 s

    email: works, 120 attempts in the last minute. 1 notice waits, the oldest for 2 h 5 min. 1 next attempt planned, the first for MOMENT.
    text: NOT SENT BY ANY LIVE DAEMON. A pause holds 3 notices.

    PAUSED: channel text, since MOMENT by test, holds 3 notices, the oldest for 1 h 5 min: storm
    PAUSED: type 7, since MOMENT by test, holds no notice yet: wrong words
    1 case change not resolved yet, the oldest for 0.0 s.
    4 notices due and not sent, 3 of them held by a pause. The oldest is interaction 1, due 2 h 5 min ago (MOMENT).
    Planned for later: 2 attempts, the next for MOMENT.
    OUTCOME UNKNOWN: 1 by email (from interaction 3).

    jobs                  due  running  later  given up
    deliver_interactions  0    0        3      0

    NEEDS A PERSON: 1 notice overdue, the oldest by 2 h 5 min; 1 unknown outcome to settle."
  `);
});

const WORKING = {
  channel: "email",
  provider: "smtp",
  condition: "works",
  since: null,
  why: null,
  words: null,
  failures: 0,
  lastMinute: { answered: 120, accepted: 120 },
  lastFiveMinutes: { answered: 1200, accepted: 1200 },
};

test("a notice that is put off is still overdue, and one that is due later is not", async () => {
  const { rows: before } = await pool.query<{ id: string }>(
    "select id from tidings.interactions where status = 'scheduled' and scheduled_at_from <= now() order by scheduled_at_from",
  );
  expect(before.length).toBeGreaterThan(0);
  await pool.query(
    "update tidings.interactions set scheduled_at_from = now() + interval '5 minutes' where status = 'scheduled'",
  );
  expect(await readStatus()).toContain(
    `\n${before.length} notices due and not sent, ${before.length - 1} of them held by a pause. The oldest is interaction ${before[0]?.id}, due 2 h 5 min ago`,
  );
  const put = await pool.query(
    "select from tidings.interactions where status = 'scheduled' and first_due_at > now()",
  );
  expect(put.rowCount).toBe(0);
});

test("a daemon with the newest heartbeat is dead if that heartbeat is too old", async () => {
  await pool.query("delete from tidings.workers where id = 'w-alive'");
  const [first, second] = (await readStatus()).split("\n");
  expect(first).toBe("No daemon is alive: nothing is sent until `tidings start` runs.");
  expect(second).toMatch(/^ {2}w-gone {2}NO HEARTBEAT for \d+ s$/);
});

test("a pause whose reason has line breaks stays one line", async () => {
  await pool.query("insert into tidings.pauses (scope, reason) values ('everything', $1)", [
    "x\n\nNo daemon is alive",
  ]);
  const { output } = await runOn(database, status);
  expect(output).toMatch(/^PAUSED: everything, .*: x⏎⏎No daemon is alive$/m);
  await releaseAll();
});

describe("a channel", () => {
  const STOPPED = {
    ...WORKING,
    condition: "stopped",
    since: "2031-03-03T15:00:00.000Z",
    why: "Login refused",
    words: "535 5.7.8 Authentication failed",
    failures: 2,
  };
  const FAILING = { ...STOPPED, condition: "failing", why: "Not reached", words: "ECONNREFUSED" };

  /** Reads the line of the channel email and the need of a person while daemons are alive with these states. */
  async function lineWith(...states: readonly object[]): Promise<{ line: string; need: string }> {
    await pool.query("delete from tidings.workers");
    for (const [place, state] of states.entries())
      await pool.query(
        "insert into tidings.workers (id, host, pid, queue_pool, channels) values ($1, 'h', 1, $1, $2)",
        [`w-${place}`, JSON.stringify([state])],
      );
    const { output } = await runOn(database, status);
    const [line = ""] = /^email: .*/m.exec(output) ?? [];
    const [need = ""] = /^NEEDS A PERSON: .*/m.exec(output) ?? [];
    return { line, need };
  }

  test("that has stopped in one of two daemons is shown with the provider's words and what waits", async () => {
    const { line, need } = await lineWith(WORKING, STOPPED);
    expect(line).toMatch(
      /^email: STOPPED since Mon 2031-03-03 10:00 EST at 1 of 2 daemons: Login refused \(535 5\.7\.8 Authentication failed\)\. 1 notice waits, the oldest for 2 h \d min\./,
    );
    expect(need).toContain("email has stopped");
  });

  test("whose last calls all failed is shown as failing", async () => {
    const { line, need } = await lineWith(FAILING);
    expect(line).toMatch(
      /^email: FAILING since Mon .*, 2 attempts in a row: Not reached \(ECONNREFUSED\)\. /,
    );
    expect(need).toContain("email fails");
  });

  test("that no live daemon carries is named if notices wait for it", async () => {
    const { line, need } = await lineWith({ ...WORKING, channel: "text" });
    expect(line).toMatch(/^email: NOT SENT BY ANY LIVE DAEMON\. 1 notice waits/);
    expect(need).toContain("no daemon sends email");
  });

  test("that works names the attempts that were not accepted", async () => {
    const { line } = await lineWith({ ...WORKING, lastMinute: { answered: 4, accepted: 3 } });
    expect(line).toMatch(/^email: works, 4 attempts in the last minute, 1 not accepted\./);
  });

  test("with a bulk has the rate of all daemons and the time left", async () => {
    await insertInteractions(pool, 479);
    const { line } = await lineWith(WORKING, WORKING);
    expect(line).toMatch(
      /^email: works, 240 attempts in the last minute\. 480 notices wait, the oldest for 2 h \d min, about 2 min left at this rate\./,
    );
  });
});

test("a pause that has held a notice for a day needs a person", async () => {
  await insertInteraction(pool, { scheduledAtFrom: new Date(Date.now() - 86_460_000) });
  await pool.query(
    "insert into tidings.pauses (scope, notification_type_id, reason) values ('notificationType', 1, 'forgotten')",
  );
  const { output } = await runOn(database, status);
  expect(output).toMatch(/^PAUSED: type 1, .*, holds [\d,]+ notices, the oldest for 1 d: f/m);
  expect(output).toContain("the pause of type 1 holds");
  await releaseAll();
});

test("receipts that cannot be applied need a person", async () => {
  await pool.query(`
    insert into tidings.receipts (provider, provider_message_id, raw_status) values ('twilio', 'SM1', 'sent'), ('twilio', 'SM2', 'sent');
    update tidings.receipt_queue set failed_by = 'P0001' where receipt_id = (select min(id) from tidings.receipts)`);
  expect(await readStatus()).toMatch(
    /^NOT APPLIED: 1 receipt, tried again each minute[^]*NEEDS A PERSON: [^]*1 receipt that cannot be applied/mu,
  );
  await pool.query("delete from tidings.receipt_queue");
});

test("--json has the same facts, and the exit code is 1 only while something needs a person", async () => {
  const ask = async () => {
    const { code, output } = await runOn(database, status, "--json");
    return { code, document: JSON.parse(output) as Record<string, unknown> };
  };
  await pool.query("delete from tidings.workers");
  const before = await ask();
  expect(before.code).toBe(1);
  expect(before.document).toMatchObject({
    needsPerson: [
      "no daemon is alive",
      expect.stringMatching(/overdue/),
      "1 unknown outcome to settle",
    ],
    unknown: [{ channel: "email", interactions: 1, held: 1 }],
    channels: [{ channel: "email", condition: "noDaemon" }, { channel: "text" }],
    overdue: { paused: 0 },
  });
  await cancelScheduled(db, await scheduledIds(), { by: { operator: "kim" }, reason: "test" });
  await pool.query(
    `insert into tidings.workers (id, host, pid, queue_pool, started_at, heartbeat_at, channels)
     values ('w-new', 'h', 3, 'n', now(), now() + interval '1 hour', $1)`,
    [JSON.stringify([WORKING, { ...WORKING, channel: "text" }])],
  );
  await runOn(database, settle, "--channel", "email", "--as", "delivered", "--yes");
  const after = await ask();
  expect(after.document["needsPerson"]).toEqual([]);
  expect(after.code).toBe(0);
});

async function scheduledIds(): Promise<InteractionId[]> {
  const { rows } = await pool.query<{ id: InteractionId }>(
    "select id from tidings.interactions where status = 'scheduled'",
  );
  return rows.map(({ id }) => id);
}

const releaseAll = () =>
  pool.query("update tidings.pauses set released_at = now() where released_at is null");
