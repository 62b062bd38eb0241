import { beforeAll, expect, test } from "vitest";
import { settle } from "../../src/commands/settle.ts";
import { status } from "../../src/commands/status.ts";
import { planNextAttempts } from "../../src/store/deliver/next-attempts.ts";
import { useDatabase } from "../database.ts";
import { interaction } from "../ids.ts";
import { depsOn } from "../deps.ts";
import { insertLogged } from "../interactions.ts";
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
      "Every case change is resolved.",
      "Nothing is due and not sent.",
      "No outcome is unknown.",
      "",
      "No job waits.",
      "",
      "No interaction is on record.",
      "",
      "NEEDS A PERSON: no daemon is alive.",
    ].join("\n"),
  );
});

test("of a working one: live daemons, late work, unknown outcomes, waiting work and the counts", async () => {
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
     update tidings.interactions set status = 'inProgress', claimed_by = 'w', claimed_at = now() where id in (${unknown}, ${resent}, ${failed});
     update tidings.interactions set status = 'attempted', status_details = 'emailOutcomeUnknown' where id in (${unknown}, ${resent});
     update tidings.interactions set status = 'failed', failure_description_short = 'x', failure_description_long = 'x' where id = ${failed};
     insert into tidings.workers (id, host, pid, queue_pool, started_at, heartbeat_at) values
       ('w-alive', 'h', 1, 'p', now() - interval '1 day', now()), ('w-gone', 'h', 2, 'q', now(), now() - interval '14 seconds');
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
    .replace(/heartbeat \d+\.\d s ago/, "heartbeat 0.0 s ago")
    .replace(/HEARTBEAT for \d+ s/, "HEARTBEAT for 14 s")
    .replace(/the oldest for [\d.]+ s/, "the oldest for 0.0 s");
  expect(page).toMatchInlineSnapshot(`
    "1 daemon alive
      w-alive  heartbeat 0.0 s ago
      w-gone   NO HEARTBEAT for 14 s

    PAUSED: channel text, since MOMENT by test: storm
    PAUSED: type 7, since MOMENT by test: wrong words
    1 case change not resolved yet, the oldest for 0.0 s.
    Oldest due and not sent: interaction 1, due 2 h 5 min ago (MOMENT).
    OUTCOME UNKNOWN: 1 by email (from interaction 3).

    jobs                  due  running  later  given up
    deliver_interactions  0    0        3      0

    interactions  scheduled  inProgress  attempted  succeeded  failed  canceled
    email         2          0           2          0          1       0
    text          4          0           0          0          0       0

    NEEDS A PERSON: a notice is overdue by 2 h 5 min; 1 unknown outcome to settle."
  `);
});

test("an interaction that is due later is not late", async () => {
  await pool.query(
    "update tidings.interactions set scheduled_at_from = now() + interval '1 hour' where status = 'scheduled'",
  );
  expect(await readStatus()).toContain("\nNothing is due and not sent.\n");
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
});

test("--json has the same facts, and the exit code is 1 only while something needs a person", async () => {
  const ask = async () => {
    const { code, output } = await runOn(database, status, "--json");
    return { code, document: JSON.parse(output) as Record<string, unknown> };
  };
  const before = await ask();
  expect(before.code).toBe(1);
  expect(before.document).toMatchObject({
    needsPerson: ["no daemon is alive", "1 unknown outcome to settle"],
    unknown: [{ channel: "email", interactions: 1, held: 1 }],
    oldestDue: null,
  });
  await pool.query(
    `insert into tidings.workers (id, host, pid, queue_pool, started_at, heartbeat_at)
     values ('w-new', 'h', 3, 'n', now(), now())`,
  );
  await runOn(database, settle, "--channel", "email", "--as", "delivered", "--yes");
  const after = await ask();
  expect(after.document["needsPerson"]).toEqual([]);
  expect(after.code).toBe(0);
});
