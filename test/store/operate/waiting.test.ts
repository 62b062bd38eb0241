import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { InteractionId } from "../../../src/domain/ids.ts";
import { WAIT_REASONS, type WaitReason } from "../../../src/domain/vocabulary.ts";
import { countWaiting, listWaiting, type OpenWait } from "../../../src/store/operate/waiting.ts";
import { leaseUnknownOutcomes } from "../../../src/store/settle/unknown-outcomes.ts";
import { rewriteRecord, useDatabase } from "../../database.ts";
import { depsOn } from "../../deps.ts";
import { insertInteraction, insertLogged, type InteractionFields } from "../../interactions.ts";
import { insertChanges, insertLender, insertType } from "../../lender.ts";
import { runDueJobs } from "../../queue.ts";

const database = useDatabase();
const { pool, db } = database;

const HOUR_MS = 3_600_000;
const inHours = (hours: number): Date => new Date(Date.now() + hours * HOUR_MS);

beforeAll(async () => {
  await insertLender(pool);
  await insertType(pool, { id: 1, delay: 365, unit: "calendarDays" });
});
beforeEach(async () => {
  await rewriteRecord(
    pool,
    "truncate tidings.interactions, tidings.holds, tidings.case_changes, tidings.missed_changes, tidings.resolve_queue, tidings.pauses, tidings.workers, tidings.inbound_messages, tidings_queue._private_jobs cascade",
  );
});

const isAlive = (id = "w-1"): Promise<unknown> =>
  pool.query("insert into tidings.workers (id, host, pid, queue_pool) values ($1, 'host', 1, $1)", [
    id,
  ]);

/** Inserts an interaction that is in a job, like every scheduled one. */
async function insertQueued(fields: InteractionFields = {}): Promise<InteractionId> {
  const id = await insertInteraction(pool, fields);
  await pool.query("select tidings.queue_deliveries(array[$1::bigint])", [id]);
  return id;
}

/** Inserts a notice whose call showed a fault of ours, as the recorder leaves it. */
async function insertPutOffByUs(fields: InteractionFields): Promise<void> {
  const id = await insertInteraction(pool, { status: "inProgress", ...fields });
  await pool.query(
    `update tidings.interactions set status = 'scheduled', scheduled_at_from = now() + interval '1 minute',
      failure_description_short = 'Login refused' where id = $1`,
    [id],
  );
  await pool.query("select tidings.queue_deliveries(array[$1::bigint])", [id]);
}

async function insertUnknown(fields: InteractionFields = {}): Promise<InteractionId> {
  const id = await insertInteraction(pool, {
    status: "attempted",
    statusDetails: "emailOutcomeUnknown",
    ...fields,
  });
  await pool.query(
    "select tidings.queue_settlements(array[$1::bigint], now() + interval '1 minute', 0)",
    [id],
  );
  return id;
}

const insertMissed = (caseTypeId: string): Promise<void> =>
  rewriteRecord(
    pool,
    "insert into tidings.case_changes (case_id, case_type_id, borrower_id, status) values ('CS-1', $1, 'BO-1', 'initiated')",
    [caseTypeId],
  );

const onlyWait = async (): Promise<OpenWait | undefined> => {
  const waits = await listWaiting(db, {}, 10);
  expect(waits).toHaveLength(waits.length === 0 ? 0 : 1);
  return waits[0];
};

const forgotten = async (): Promise<unknown[]> =>
  (
    await pool.query(
      "select case when interaction_id is null then case_change_id end as change, interaction_id as interaction from tidings.waiting_for_nothing",
    )
  ).rows;

type Scene = readonly [
  reason: WaitReason,
  title: string,
  make: () => Promise<unknown>,
  expected: Partial<OpenWait>,
];

const SCENES: readonly Scene[] = [
  [
    "intake",
    "a replicated change",
    () => insertMissed("bankruptcy"),
    { owner: "tidings", nextStep: "takenIn" },
  ],
  [
    "intakeRefused",
    "a replicated change that a rule refuses",
    async () => {
      await insertMissed("unheardOf");
      await pool.query("select tidings.take_in_missed_changes(10)");
    },
    { owner: "coreSystem", nextStep: "triedAgain" },
  ],
  [
    "resolving",
    "a change in the queue",
    () => insertChanges(pool, [{ caseId: "CS-1", status: "initiated" }]),
    { owner: "tidings", nextStep: "resolved", interactionId: null, caseId: "CS-1" as never },
  ],
  [
    "resolvingFailed",
    "a change that could not be resolved",
    async () => {
      await insertChanges(pool, [{ caseId: "CS-1", status: "initiated" }]);
      await pool.query("update tidings.resolve_queue set failed_by = '23505', attempts = 1");
    },
    { owner: "person", nextStep: "triedAgain" },
  ],
  [
    "dueTime",
    "a notice that is due later",
    () => insertQueued({ scheduledAtFrom: inHours(5) }),
    { owner: "tidings", nextStep: "judged" },
  ],
  [
    "nextAttempt",
    "a retry that is due later",
    () => insertQueued({ scheduledAtFrom: inHours(1), attempt: 2 }),
    { owner: "tidings", nextStep: "judged" },
  ],
  [
    "turn",
    "a notice that is due",
    async () => [await isAlive(), await insertQueued()],
    { owner: "tidings", nextStep: "judged" },
  ],
  [
    "daemon",
    "a notice that is due while no daemon is alive",
    () => insertQueued(),
    { owner: "person" },
  ],
  [
    "channelProvider",
    "a notice for a channel without a provider",
    async () => [await isAlive(), await insertQueued({ channel: "fax" })],
    { owner: "person", nextStep: "staysOpen" },
  ],
  [
    "pause",
    "a paused notice",
    async () => {
      await pool.query("insert into tidings.pauses (scope, reason) values ('everything', 'test')");
      await insertQueued({ complianceGuardRuleId: "pause.open", scheduledAtTo: inHours(7) });
    },
    { owner: "person", nextStep: "expires", ruleId: "pause.open" },
  ],
  [
    "pause",
    "a notice whose pause ends before its latest time",
    async () => {
      await pool.query(
        "insert into tidings.pauses (scope, reason, ends_at) values ('everything', 'test', now() + interval '1 hour')",
      );
      await insertQueued({ complianceGuardRuleId: "pause.open", scheduledAtTo: inHours(7) });
    },
    { owner: "person", nextStep: "judged" },
  ],
  [
    "rule",
    "a notice that a rule of the guard puts off",
    () => insertQueued({ complianceGuardRuleId: "time.window", scheduledAtFrom: inHours(3) }),
    { owner: "tidings", nextStep: "judged", ruleId: "time.window" },
  ],
  [
    "contentKey",
    "a sensitive notice without a key",
    () => insertQueued({ complianceGuardRuleId: "content.noKey" }),
    { owner: "person", nextStep: "staysOpen" },
  ],
  [
    "providerAccess",
    "a notice that the provider refuses for our account",
    () => insertPutOffByUs({ scheduledAtTo: inHours(7) }),
    { owner: "person", nextStep: "expires" },
  ],
  [
    "providerAccess",
    "a notice that is due behind a channel that the daemon has stopped",
    async () => {
      await isAlive();
      await pool.query("update tidings.workers set channels = $1", [
        JSON.stringify([{ channel: "email", provider: "smtp", condition: "stopped" }]),
      ]);
      await insertQueued({ scheduledAtTo: inHours(7) });
    },
    { owner: "person", nextStep: "expires" },
  ],
  [
    "unreadReply",
    "a notice behind a reply that may be an opt-out",
    () => insertQueued({ complianceGuardRuleId: "reply.unread" }),
    { owner: "person" },
  ],
  [
    "decision",
    "a held notice",
    async () => {
      const id = await insertInteraction(pool, {
        scheduledAtFrom: null,
        complianceGuardRuleId: "facts.invalid",
        scheduledAtTo: inHours(7),
      });
      await pool.query(
        "insert into tidings.holds (interaction_id, chain_id, rule_ids) values ($1, $1, '{facts.invalid}')",
        [id],
      );
    },
    { owner: "person", nextStep: "staysOpen" },
  ],
  [
    "answer",
    "a call of a live daemon",
    async () => [await isAlive(), await insertInteraction(pool, { status: "inProgress" })],
    { owner: "provider", nextStep: "outcomeUnknown" },
  ],
  [
    "recovery",
    "a call of a dead daemon",
    () => insertInteraction(pool, { status: "inProgress" }),
    { owner: "tidings", nextStep: "outcomeUnknown" },
  ],
  [
    "lookup",
    "an unknown outcome",
    () => insertUnknown(),
    { owner: "tidings", nextStep: "lookedUp" },
  ],
  [
    "lookup",
    "an unknown outcome that a daemon looks up",
    async () => {
      const id = await insertUnknown();
      await pool.query("delete from tidings_queue._private_jobs");
      const dueBy = inHours(1);
      const leased = await leaseUnknownOutcomes(db, [id], { timesLookedUp: 0, dueBy }, inHours(1));
      expect(leased.size).toBe(1);
    },
    { owner: "tidings", nextStep: "lookedUp" },
  ],
  [
    "settlement",
    "an unknown outcome that is left to a person",
    async () => {
      const id = await insertUnknown();
      await pool.query("update tidings.interactions set settle_at = null where id = $1", [id]);
    },
    { owner: "person", nextStep: "staysOpen" },
  ],
  [
    "receipt",
    "an accepted message",
    () => insertInteraction(pool, { status: "attempted", statusDetails: "emailSent" }),
    { owner: "provider", nextStep: "noReceipt" },
  ],
  [
    "recipientServer",
    "a message that the recipient's server has put off",
    () => insertInteraction(pool, { status: "attempted", statusDetails: "emailDeferred" }),
    { owner: "recipient", nextStep: "noReceipt" },
  ],
  [
    "report",
    "a call that another system has planned",
    () => insertLogged(pool, { status: "scheduled" }),
    { owner: "coreSystem", nextStep: "staysOpen" },
  ],
  [
    "reading",
    "a reply that no person has read",
    async () => {
      const id = await insertLogged(pool, { channel: "text", direction: "inbound" });
      await pool.query(
        `insert into tidings.inbound_messages (interaction_id, provider, provider_message_id, contact_ids, reading, suppresses, is_open)
         values ($1, 'twilio', 'SM1', '{}', 'unclear', true, true)`,
        [id],
      );
    },
    { owner: "person", nextStep: "staysOpen" },
  ],
  [
    "nothing",
    "a notice in no job",
    () => insertInteraction(pool, { scheduledAtFrom: inHours(5) }),
    { owner: "tidings" },
  ],
];

test.each(SCENES)("%s: %s", async (reason, _title, make, expected) => {
  await make();
  const wait = await onlyWait();
  expect(wait).toMatchObject({ reason, ...expected });
  expect(wait?.since).toBeInstanceOf(Date);
  expect(wait?.until).toBeInstanceOf(Date);
  expect(await forgotten()).toHaveLength(reason === "nothing" ? 1 : 0);
});

test("every reason has a scene, and one row of terms", async () => {
  expect(new Set(SCENES.map(([reason]) => reason))).toEqual(new Set(WAIT_REASONS));
  const { rows } = await pool.query<{ reason: string }>("select reason from tidings.wait_terms");
  expect(rows.map(({ reason }) => reason).toSorted()).toEqual(WAIT_REASONS.toSorted());
});

describe("a final row is not listed", () => {
  test.each<InteractionFields>([
    { status: "succeeded", statusDetails: "emailDelivered" },
    { status: "failed" },
    { status: "canceled" },
    { status: "attempted", statusDetails: "emailNoReceipt" },
  ])("%s", async (fields) => {
    await insertInteraction(pool, fields);
    expect(await onlyWait()).toBeUndefined();
  });

  test("an unknown outcome that another attempt has followed", async () => {
    const id = await insertUnknown();
    const next = await insertQueued({
      attempt: 2,
      previousInteractionId: id,
      firstInteractionId: id,
      scheduledAtFrom: inHours(1),
    });
    expect(await onlyWait()).toMatchObject({ reason: "nextAttempt", interactionId: next });
  });

  test("a resolved change, a change that fires nothing, and a boarded one", async () => {
    await insertChanges(pool, [
      { caseId: "CS-1", status: "processing" },
      { caseId: "CS-2", status: "initiated", fires: false },
    ]);
    await runDueJobs(database, depsOn(database));
    expect(await onlyWait()).toBeUndefined();
    expect(await forgotten()).toEqual([]);
  });
});

describe("a deleted row is found, and no other", () => {
  test("one job of many", async () => {
    for (let hours = 1; hours <= 3; hours += 1)
      await insertQueued({ scheduledAtFrom: inHours(hours) });
    await insertUnknown();
    const { rows } = await pool.query<{ id: InteractionId }>(
      "delete from tidings_queue._private_jobs where id = (select min(id) from tidings_queue._private_jobs) returning payload->'interactionIds'->>0 as id",
    );
    expect(await forgotten()).toEqual([{ change: null, interaction: rows[0]?.id }]);
  });

  test("the job that settles an unknown outcome", async () => {
    const id = await insertUnknown();
    await insertUnknown();
    await pool.query(
      "delete from tidings_queue._private_jobs where payload->'interactionIds'->>0 = $1",
      [id],
    );
    expect(await forgotten()).toEqual([{ change: null, interaction: id }]);
  });

  test("the hold of a held notice", async () => {
    const id = await insertInteraction(pool, {
      scheduledAtFrom: null,
      complianceGuardRuleId: "facts.invalid",
    });
    expect(await forgotten()).toEqual([{ change: null, interaction: id }]);
  });

  test("a set of the resolve queue", async () => {
    const [first] = await insertChanges(pool, [{ caseId: "CS-1", status: "initiated" }]);
    await insertChanges(pool, [{ caseId: "CS-2", status: "initiated" }]);
    await pool.query("delete from tidings.resolve_queue where $1 = any(case_change_ids)", [first]);
    expect(await forgotten()).toEqual([{ change: first, interaction: null }]);
  });

  test("the note of a missed change, also of one that fires nothing", async () => {
    await insertMissed("bankruptcy");
    await rewriteRecord(
      pool,
      "insert into tidings.case_changes (case_id, case_type_id, borrower_id, status, fires) values ('CS-2', 'bankruptcy', 'BO-1', 'initiated', false)",
    );
    expect(await forgotten()).toEqual([]);
    await pool.query("delete from tidings.missed_changes");
    expect(await forgotten()).toHaveLength(2);
  });
});

describe("until when", () => {
  test("a person has as long as the notice", async () => {
    const latest = inHours(7);
    await pool.query("insert into tidings.pauses (scope, reason) values ('everything', 'test')");
    await insertQueued({ complianceGuardRuleId: "pause.open", scheduledAtTo: latest });
    expect((await onlyWait())?.until).toEqual(latest);
  });

  test("a receipt is awaited as long as the channel's provider is given", async () => {
    await pool.query(
      "update tidings.channels set receipt_within_seconds = 3 * 3600 where channel = 'email'",
    );
    await insertInteraction(pool, { status: "attempted", statusDetails: "emailSent" });
    const wait = await onlyWait();
    await pool.query("update tidings.channels set receipt_within_seconds = null");
    expect(Number(wait?.until) - Number(wait?.since)).toBe(3 * HOUR_MS);
  });

  test("a breach is a row of the view as long as it lasts", async () => {
    await isAlive();
    const late = await insertQueued({ scheduledAtFrom: inHours(-1) });
    await insertQueued();
    const breaches = async (): Promise<unknown[]> =>
      (await pool.query("select interaction_id as id from tidings.breaches")).rows;
    expect(await breaches()).toEqual([{ id: late }]);
    expect(await countWaiting(db, {})).toMatchObject([{ reason: "turn", waits: 2, late: 1 }]);
    await pool.query(
      "update tidings.interactions set status = 'canceled', failure_description_short = 'x', failure_description_long = 'x' where id = $1",
      [late],
    );
    expect(await breaches()).toEqual([]);
  });
});
