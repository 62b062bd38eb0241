import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createChannel } from "../../src/channels.ts";
import { readConfig } from "../../src/config.ts";
import type { Deps } from "../../src/deps.ts";
import type { InteractionId } from "../../src/domain/ids.ts";
import type { ProviderAnswer } from "../../src/domain/provider-answer.ts";
import type { ArrivedReceipt } from "../../src/domain/receipts/arrived-receipt.ts";
import type { Provider } from "../../src/providers/answer/provider.ts";
import { leaseUnknown, lookUpAndSettle } from "../../src/delivery/settling.ts";
import type { LookupResult } from "../../src/domain/settle/unknown-outcome.ts";
import { createCallLimit } from "../../src/providers/flow/call-limit.ts";
import { applyWaiting } from "../../src/receipts/applier.ts";
import { runAudit } from "../../src/record/audit.ts";
import { verifyRecord } from "../../src/record/verify-record.ts";
import { withholdInteractions } from "../../src/store/deliver/interactions.ts";
import { planNextAttempts } from "../../src/store/deliver/next-attempts.ts";
import { cancelScheduled } from "../../src/store/operate/cancellation.ts";
import { keepReceipts } from "../../src/store/receipts/receipts.ts";
import { markOrphansUnknown } from "../../src/store/settle/recovery.ts";
import {
  failNeverAccepted,
  recordFound,
  scheduleNeverSent,
} from "../../src/store/settle/unknown-outcomes.ts";
import { deliverInteractions } from "../../tasks/deliver_interactions.ts";
import { rewriteRecord, untilWaitingForLock, useDatabase } from "../database.ts";
import { depsOn } from "../deps.ts";
import { movesOf, standingOf } from "../interactions.ts";
import { insertChanges, insertLender, insertType } from "../lender.ts";
import { runDueJobs } from "../queue.ts";
import { callback, mailReport } from "../receipts.ts";
import { growTree } from "../tree.ts";

type Channel = "email" | "text";

const database = useDatabase();
const { pool, db } = database;

const UNKNOWN: ProviderAnswer = {
  kind: "unknown",
  long: "The connection was lost.",
  evidence: { provider: "twilio", durationMs: 1 },
};
const NOT_NOW: ProviderAnswer = {
  kind: "unavailable",
  statusDetails: "emailDeferred",
  short: "Server not ready",
  long: "The server is not ready.",
  finding: null,
  retryAfterMs: null,
  evidence: { provider: "smtp", code: "451", durationMs: 1 },
};
const SECOND_SID = `SM${"2".repeat(32)}`;
const accepted = (channel: Channel): ProviderAnswer => ({
  kind: "accepted",
  status: "attempted",
  statusDetails: `${channel}Sent`,
  messageId: SECOND_SID,
  evidence: { provider: "twilio", durationMs: 1 },
});

/** Waits before the provider answers a call; it counts the calls. */
let calls = 0;
let answering: Promise<unknown> = Promise.resolve();
let answer: (channel: Channel) => ProviderAnswer = accepted;
const providerOf = (channel: Channel, name: string): Provider => ({
  name,
  slots: 10,
  send: async () => {
    calls += 1;
    await answering;
    return answer(channel);
  },
  close: async () => {},
});
const { channels } = readConfig({});
/** A daemon whose circuits are closed. */
const newDeps = (): Deps =>
  depsOn(database, {
    channels: {
      email: createChannel(providerOf("email", "smtp"), channels.email),
      text: createChannel(providerOf("text", "twilio"), channels.text),
    },
  });
const deps = newDeps();

beforeAll(async () => {
  await insertLender(pool);
  await pool.query("insert into tidings.case_types (id) values ('texted')");
  await insertType(pool, { id: 1 });
  await insertType(pool, { id: 2, channel: "text", caseTypes: ["texted"] });
});
beforeEach(() => {
  answer = accepted;
  answering = Promise.resolve();
});

let cases = 0;

/** A notice whose provider was called and gave this answer. */
async function callOnce(channel: Channel, its: ProviderAnswer): Promise<InteractionId> {
  const caseId = `CS-${(cases += 1)}`;
  answer = () => its;
  await insertChanges(pool, [
    {
      caseId,
      caseTypeId: channel === "text" ? "texted" : "bankruptcy",
      status: "initiated",
      at: new Date().toISOString(),
    },
  ]);
  await runDueJobs(database, newDeps());
  const { rows } = await pool.query<{ id: InteractionId }>(
    "select id from tidings.interactions where case_id = $1 and attempt = 1",
    [caseId],
  );
  const [row] = rows;
  if (row === undefined) throw new Error(`Nothing was planned for ${caseId}`);
  answer = accepted;
  calls = 0;
  return row.id;
}

/** A notice whose provider was called, without an answer. */
async function callInVain(channel: Channel): Promise<InteractionId> {
  const id = await callOnce(channel, UNKNOWN);
  expect(await standingOf(pool, id)).toBe(`attempted ${channel}OutcomeUnknown`);
  return id;
}

/** The id of the attempt that follows, and its standing. */
async function nextOf(id: InteractionId): Promise<{ id: InteractionId; standing: string }> {
  const { rows } = await pool.query<{ id: InteractionId }>(
    "select id from tidings.interactions where previous_interaction_id = $1",
    [id],
  );
  const next = rows[0]?.id ?? ("0" as InteractionId);
  return { id: next, standing: await standingOf(pool, next) };
}

/** A notice whose call was not answered, and that was scheduled again because a lookup did not find it. */
async function scheduleAgain(channel: Channel): Promise<InteractionId> {
  const id = await callInVain(channel);
  expect(await scheduleNeverSent(db, [id], new Date(), "neverAccepted")).toEqual([id]);
  return id;
}

const BY_OPERATOR = { by: { operator: "op" }, reason: "not needed" };

/** A notice that an operator withdrew after it had been scheduled again. */
async function withdraw(channel: Channel): Promise<InteractionId> {
  const id = await scheduleAgain(channel);
  await cancelScheduled(db, [id], BY_OPERATOR);
  return id;
}

/** Ends that follow a call of unknown outcome, and the words of the record about each. */
const ENDS: readonly [string, string, (id: InteractionId) => Promise<unknown>][] = [
  ["withdrawn", "canceled", (id) => cancelScheduled(db, [id], BY_OPERATOR)],
  [
    "failed by its latest time",
    "failed",
    (id) =>
      withholdInteractions(db, [
        {
          interactionId: id,
          status: "failed",
          ruleId: "schedule.expired",
          short: "Too late",
          long: "Its latest time has passed.",
          until: null,
        },
      ]),
  ],
];

async function deliver(channel: Channel, id: InteractionId, by: Deps = deps): Promise<void> {
  await deliverInteractions(by)(
    { channel, lane: "single", notStarted: 0, interactionIds: [id] },
    undefined as never,
  );
  await by.inFlight.idle();
}

/** The reasons of the open oddities of an interaction or a message. */
async function odditiesOf(id: InteractionId, sid = ""): Promise<string[]> {
  const { rows } = await pool.query<{ reason: string }>(
    `select o.reason from tidings.receipt_oddities o join tidings.receipts r on r.id = o.receipt_id
     where (r.interaction_id = $1 or r.provider_message_id = $2) and o.closed_at is null`,
    [id, sid],
  );
  return rows.map(({ reason }) => reason);
}

/** Makes postponed receipts due and applies all that can be. */
async function applyAll(): Promise<void> {
  await pool.query("update tidings.receipt_queue set run_at = now()");
  await applyWaiting(deps);
}

/** Makes the receipts of a message eleven minutes old. */
async function makeOld(messageId: string | null): Promise<void> {
  await rewriteRecord(
    pool,
    "update tidings.receipts set received_at = now() - interval '11 minutes' where provider_message_id = $1",
    [messageId],
  );
}

let sids = 0;
const newSid = (): string => `SM${String((sids += 1)).padStart(32, "b")}`;

/** The report of a provider about the first call, as it names the message. */
const byCallback = (id: InteractionId, said = "delivered"): ArrivedReceipt => ({
  ...callback(`SM${id.padStart(32, "a")}`, said),
  interactionId: id,
});
const byMessageId = (id: InteractionId, said = "delivered"): ArrivedReceipt => ({
  ...mailReport(id, said),
  interactionId: null,
  providerMessageId: `tidings.${id}@lender.example`,
});
const WAYS = [
  ["text", "a callback with its id", byCallback],
  ["email", "a report to its address", mailReport],
  ["email", "a report with its Message-ID", byMessageId],
] as const;

describe.each(WAYS)("%s: %s", (channel, _, about) => {
  test("that comes after it was scheduled again settles it, and it is not sent again", async () => {
    const id = await scheduleAgain(channel);
    const receipt = about(id, "delivered");
    await keepReceipts(db, [receipt]);
    await applyWaiting(deps);
    expect(await movesOf(pool, id)).toEqual([
      "scheduled",
      "inProgress",
      `attempted ${channel}OutcomeUnknown`,
      "scheduled neverAccepted",
      `succeeded ${channel}Delivered delivered`,
    ]);
    await deliver(channel, id);
    expect(calls).toBe(0);
    const { rows } = await pool.query(
      `select i.provider_message_id, t.evidence->>'receiptId' = r.id::text as names_its_receipt
       from tidings.interactions i
       join tidings.receipts r on r.interaction_id = i.id
       join tidings.interaction_transitions t on t.interaction_id = i.id and t.to_status = 'succeeded'
       where i.id = $1`,
      [id],
    );
    expect(rows).toEqual([
      { provider_message_id: receipt.providerMessageId, names_its_receipt: true },
    ]);
  });

  test("that is not applied yet when it is claimed prevents the claim", async () => {
    const id = await scheduleAgain(channel);
    await keepReceipts(db, [about(id, "delivered")]);
    await deliver(channel, id);
    expect(calls).toBe(0);
    expect(await standingOf(pool, id)).toBe("scheduled");
    await applyAll();
    expect(await standingOf(pool, id)).toBe(`succeeded ${channel}Delivered`);
  });

  test("that arrives after it was judged prevents the claim", async () => {
    const id = await scheduleAgain(channel);
    const arrives: Deps["readPolicy"] = async (transaction) => {
      await keepReceipts(db, [about(id, "delivered")]);
      return await deps.readPolicy(transaction);
    };
    await deliver(channel, id, { ...deps, readPolicy: arrives });
    expect(calls).toBe(0);
    await applyAll();
    expect(await standingOf(pool, id)).toBe(`succeeded ${channel}Delivered`);
  });

  test("that says only that it was accepted settles it", async () => {
    const id = await scheduleAgain(channel);
    await keepReceipts(db, [about(id, channel === "text" ? "sent" : "relayed")]);
    await applyWaiting(deps);
    await deliver(channel, id);
    expect(calls).toBe(0);
    expect(await standingOf(pool, id)).toBe(`attempted ${channel}Sent`);
  });

  test("that reports a failure ends it, and it is not sent again at once", async () => {
    const id = await scheduleAgain(channel);
    await keepReceipts(db, [about(id, channel === "text" ? "undelivered 30003" : "failed 5.2.2")]);
    await applyWaiting(deps);
    await deliver(channel, id);
    expect(calls).toBe(0);
    expect(await standingOf(pool, id)).toBe(
      `failed ${channel === "text" ? "textUndelivered" : "emailBounced"}`,
    );
    const { rows } = await pool.query(
      `select status, attempt, scheduled_at_from > now() + interval '20 minutes' as is_later
       from tidings.interactions where previous_interaction_id = $1`,
      [id],
    );
    expect(rows).toEqual([{ status: "scheduled", attempt: 2, is_later: true }]);
  });

  test("in unknown words leaves it to a person, who may have it sent", async () => {
    const id = await scheduleAgain(channel);
    await keepReceipts(db, [about(id, "teleported")]);
    await applyWaiting(deps);
    expect(await odditiesOf(id)).toEqual(["unknownStatus"]);
    await deliver(channel, id);
    expect(calls).toBe(0);
    const { rows } = await pool.query(
      "select reason, owner from tidings.waiting where interaction_id = $1",
      [id],
    );
    expect(rows).toEqual([{ reason: "settlement", owner: "person" }]);
    expect((await movesOf(pool, id)).at(-1)).toBe(`attempted ${channel}OutcomeUnknown teleported`);
    await scheduleNeverSent(db, [id], new Date(), "operator");
    await deliver(channel, id);
    expect(calls).toBe(1);
    expect(await standingOf(pool, id)).toBe(`attempted ${channel}Sent`);
  });

  test("settles it also while a person has to decide about it", async () => {
    const id = await scheduleAgain(channel);
    await pool.query(
      "update tidings.interactions set scheduled_at_from = null, compliance_guard_rule_id = 'guard.failed' where id = $1",
      [id],
    );
    await keepReceipts(db, [about(id, "delivered")]);
    await applyWaiting(deps);
    expect(await standingOf(pool, id)).toBe(`succeeded ${channel}Delivered`);
  });

  const [accepts, fails] =
    channel === "text" ? ["sent", "undelivered 30003"] : ["relayed", "failed 5.2.2"];

  describe.each(ENDS)("about one that was %s", (_name, ended, end) => {
    test.each([
      ["delivered", "delivered", `succeeded ${channel}Delivered`],
      ["only accepted", accepts, `attempted ${channel}Sent`],
      ["not delivered", fails, ended],
      ["in unknown words", "teleported", ended],
    ])("that says that it was %s", async (_said, said, expected) => {
      const id = await scheduleAgain(channel);
      await end(id);
      const receipt = about(id, said);
      await keepReceipts(db, [receipt]);
      await applyWaiting(deps);
      expect(await standingOf(pool, id)).toBe(expected);
      const { rows } = await pool.query(
        `select provider_message_id, exists (select from tidings.receipt_queue) as is_queued,
           exists (select from tidings.interactions n where n.previous_interaction_id = i.id) as is_followed,
           exists (
             select from tidings.record_changes h
             where h.table_name = 'interactions' and h.row_id = i.id::text and h.changes ? 'failure_description_long'
           ) as is_reason_kept
         from tidings.interactions i where id = $1`,
        [id],
      );
      const isUndone = expected !== ended;
      expect(rows).toEqual([
        {
          provider_message_id: isUndone ? receipt.providerMessageId : null,
          is_queued: false,
          is_followed: false,
          is_reason_kept: isUndone,
        },
      ]);
    });
  });

  test.each([
    ["delivered", "delivered", `succeeded ${channel}Delivered`, false],
    ["only accepted", accepts, `attempted ${channel}Sent`, false],
    [
      "not delivered",
      fails,
      `failed ${channel === "text" ? "textUndelivered" : "emailBounced"}`,
      true,
    ],
    ["in unknown words", "teleported", `attempted ${channel}OutcomeUnknown`, false],
  ])("that says that one that was given up was %s", async (_said, said, expected, isFollowed) => {
    const id = await callInVain(channel);
    await failNeverAccepted(db, [id]);
    await keepReceipts(db, [about(id, said)]);
    await applyWaiting(deps);
    expect(await standingOf(pool, id)).toBe(expected);
    expect((await nextOf(id)).id !== "0").toBe(isFollowed);
  });

  test("that reports the failure of a withdrawn message that was sent plans no next attempt", async () => {
    const id = await withdraw(channel);
    await keepReceipts(db, [about(id, channel === "text" ? "sent" : "relayed")]);
    await applyWaiting(deps);
    await keepReceipts(db, [about(id, channel === "text" ? "undelivered 30003" : "failed 5.2.2")]);
    await applyWaiting(deps);
    expect((await movesOf(pool, id)).at(-1)).toMatch(/^failed/u);
    const { rowCount } = await pool.query(
      "select from tidings.interactions where previous_interaction_id = $1",
      [id],
    );
    expect(rowCount).toBe(0);
  });

  test("that cannot be applied because of an error does not prevent the claim", async () => {
    const id = await scheduleAgain(channel);
    await keepReceipts(db, [about(id, "delivered")]);
    await pool.query("update tidings.receipt_queue set failed_by = 'P0001'");
    await deliver(channel, id);
    expect(calls).toBe(1);
    await applyAll();
  });
});

describe("a text", () => {
  test("that a lookup found as undelivered is settled by the receipt of a later delivery", async () => {
    const id = await callInVain("text");
    await recordFound(db, id, {
      status: "failed",
      statusDetails: "textUndelivered",
      messageId: newSid(),
      failure: { short: "Not delivered", long: "The carrier did not deliver it.", finding: null },
    });
    const { rows } = await pool.query<{ sid: string }>(
      "select provider_message_id as sid from tidings.interactions where id = $1",
      [id],
    );
    await keepReceipts(db, [callback(rows[0]?.sid ?? "", "delivered")]);
    await applyAll();
    expect(await standingOf(pool, id)).toBe("succeeded textDelivered");
  });

  test("that its provider keeps for later is settled by the receipt that says so", async () => {
    const id = await scheduleAgain("text");
    await keepReceipts(db, [{ ...callback(newSid(), "scheduled"), interactionId: id }]);
    await applyWaiting(deps);
    expect(await standingOf(pool, id)).toBe("attempted textScheduledAtProvider");
  });

  test("is sent while a receipt names only a message that no interaction has, and that stays on record", async () => {
    const id = await scheduleAgain("text");
    const sid = newSid();
    await keepReceipts(db, [callback(sid, "delivered")]);
    await applyWaiting(deps);
    await deliver("text", id);
    expect(calls).toBe(1);
    await makeOld(sid);
    await applyAll();
    expect(await standingOf(pool, id)).toBe("attempted textSent");
    expect(await odditiesOf(id, sid)).toEqual(["noMessage"]);
  });

  test("whose second call is in flight keeps the receipt of the first one as that of another message", async () => {
    const id = await scheduleAgain("text");
    const { promise, resolve } = Promise.withResolvers<void>();
    answering = promise;
    const delivering = deliver("text", id);
    await expect.poll(() => calls).toBe(1);
    await keepReceipts(db, [byCallback(id)]);
    await applyAll();
    expect(await standingOf(pool, id)).toBe("inProgress");
    resolve();
    await delivering;
    await applyAll();
    expect(await standingOf(pool, id)).toBe("attempted textSent");
    expect(await odditiesOf(id)).toEqual(["otherMessage"]);
  });

  test("is not found in the message of another one that was sent twice", async () => {
    const twice = await scheduleAgain("text");
    await deliver("text", twice);
    const sid = newSid();
    await keepReceipts(db, [{ ...callback(sid, "delivered"), interactionId: twice }]);
    await applyAll();
    expect(await odditiesOf(twice)).toEqual(["otherMessage"]);
    const id = await callInVain("text");
    const later: Deps = { ...deps, clock: () => new Date(Date.now() + 60_000) };
    const { text } = later.channels;
    if (text === undefined) throw new Error("no channel");
    const found = { status: "attempted", statusDetails: "textSent", failure: null } as const;
    const lookups = {
      limit: createCallLimit(1),
      findSent: async (_: unknown, except: readonly string[] = []): Promise<LookupResult> =>
        except.includes(sid) ? { kind: "notFound" } : { kind: "found", messageId: sid, ...found },
    };
    const job = { channel: "text", interactionIds: [id], timesLookedUp: 0 } as const;
    await lookUpAndSettle(later, text, lookups, {
      job,
      leased: await leaseUnknown(later, text, job),
    });
    expect(await standingOf(pool, id)).toBe("attempted textOutcomeUnknown");
  });

  test("whose second call was not answered is settled by the receipt of the first one", async () => {
    const id = await scheduleAgain("text");
    answer = () => UNKNOWN;
    await deliver("text", id);
    const receipt = byCallback(id);
    await keepReceipts(db, [receipt]);
    await applyAll();
    expect(await standingOf(pool, id)).toBe("succeeded textDelivered");
  });

  test("that was claimed while its receipt was being applied stays in progress", async () => {
    const id = await scheduleAgain("text");
    await keepReceipts(db, [byCallback(id)]);
    const claiming = await pool.connect();
    // it lets others read, and keeps them from locking
    await claiming.query("begin; lock table tidings.interactions in exclusive mode");
    const applying = applyWaiting(deps);
    await untilWaitingForLock(pool);
    await claiming.query(
      "update tidings.interactions set status = 'inProgress', claimed_by = 'w-2', claimed_at = now() where id = $1",
      [id],
    );
    await claiming.query("commit");
    claiming.release();
    await applying;
    expect(await standingOf(pool, id)).toBe("inProgress");
    await pool.query(
      `update tidings.interactions set status = 'attempted', status_details = 'textSent', provider_message_id = $2 where id = $1`,
      [id, SECOND_SID],
    );
    await applyAll();
    expect(await odditiesOf(id)).toEqual(["otherMessage"]);
  });

  const again = (id: InteractionId): Promise<unknown> =>
    scheduleNeverSent(db, [id], new Date(Date.now() + 60_000), "neverAccepted");
  const lates: readonly [string, readonly string[], (id: InteractionId) => Promise<unknown>][] = [
    ["scheduled again", ["scheduled neverAccepted"], again],
    ...ENDS.map(([name, ended, end]): (typeof lates)[number] => [
      `scheduled again and then ${name}`,
      ["scheduled neverAccepted", ended],
      async (id) => {
        await again(id);
        await end(id);
      },
    ]),
    ["given up", ["failed textFailed neverAccepted"], (id) => failNeverAccepted(db, [id])],
  ];
  /** The provider answers a call after another daemon has called its outcome unknown and ended it. */
  async function answerLate(end: (id: InteractionId) => Promise<unknown>): Promise<InteractionId> {
    const caseId = `CS-${(cases += 1)}`;
    const { promise, resolve } = Promise.withResolvers<void>();
    answering = promise;
    calls = 0;
    await insertChanges(pool, [
      { caseId, caseTypeId: "texted", status: "initiated", at: new Date().toISOString() },
    ]);
    const delivering = runDueJobs(database, deps);
    await expect.poll(() => calls).toBe(1);
    const [{ interactionId: id } = { interactionId: "0" as InteractionId }] =
      await markOrphansUnknown(db);
    await end(id);
    resolve();
    await delivering;
    return id;
  }

  test.each(lates)(
    "that another daemon has %s takes the late answer to its call, and is not sent again",
    async (_name, moves, end) => {
      const id = await answerLate(end);
      expect((await movesOf(pool, id)).slice(2)).toEqual([
        "attempted textOutcomeUnknown workerDied",
        ...moves,
        "attempted textSent",
      ]);
      await deliver("text", id);
      expect(calls).toBe(1);
      const { rows } = await pool.query(
        `select provider_message_id, compliance_guard_rule_id, (
           select array_agg(k) from tidings.record_changes h, jsonb_object_keys(h.changes) k
           where h.table_name = 'interactions' and h.row_id = i.id::text) as history
         from tidings.interactions i where id = $1`,
        [id],
      );
      expect(rows).toEqual([
        {
          provider_message_id: SECOND_SID,
          compliance_guard_rule_id: null,
          history: expect.arrayContaining(["started_at"]),
        },
      ]);
    },
  );

  test.each(lates)(
    "that another daemon has %s stays so if the late answer to its call is a temporary failure, and nothing is planned",
    async (_name, moves, end) => {
      answer = () => NOT_NOW;
      const id = await answerLate(end);
      expect((await movesOf(pool, id)).slice(2)).toEqual([
        "attempted textOutcomeUnknown workerDied",
        ...moves,
      ]);
      const { rows } = await pool.query(
        "select id from tidings.interactions where previous_interaction_id = $1",
        [id],
      );
      expect(rows).toEqual([]);
    },
  );

  test("for which no provider was called is not settled by a receipt that names it", async () => {
    await insertChanges(pool, [
      { caseId: "LATER", caseTypeId: "texted", status: "initiated", at: "2031-03-03T15:00:00Z" },
    ]);
    await runDueJobs(database, deps);
    const { rows } = await pool.query<{ id: InteractionId }>(
      "select id from tidings.interactions where case_id = 'LATER'",
    );
    const [{ id } = { id: "0" as InteractionId }] = rows;
    const receipt = byCallback(id);
    await keepReceipts(db, [receipt]);
    await applyAll();
    expect(await standingOf(pool, id)).toBe("scheduled");
    await makeOld(receipt.providerMessageId);
    await applyAll();
    expect(await odditiesOf(id)).toEqual(["noMessage"]);
  });
});

test("the next attempt of a text is not claimed while a receipt that names only the message of the first waits", async () => {
  const sid = newSid();
  const first = await callInVain("text");
  await recordFound(db, first, {
    status: "attempted",
    statusDetails: "textSent",
    messageId: sid,
    failure: null,
  });
  await keepReceipts(db, [callback(sid, "undelivered 30003")]);
  await applyAll();
  const next = await nextOf(first);
  await pool.query("update tidings.interactions set scheduled_at_from = now() where id = $1", [
    next.id,
  ]);
  await keepReceipts(db, [callback(sid, "delivered")]);
  await deliver("text", next.id);
  expect(calls).toBe(0);
  await applyAll();
  expect(await standingOf(pool, first)).toBe("succeeded textDelivered");
  expect(await standingOf(pool, next.id)).toBe("canceled");
});

describe("the next attempt of an email whose outcome is unknown", () => {
  async function resend(): Promise<{ first: InteractionId; next: InteractionId }> {
    const first = await callInVain("email");
    const [next = first] = await planNextAttempts(db, [
      { interactionId: first, dueAt: new Date() },
    ]);
    return { first, next };
  }

  test.each(WAYS.slice(1))("%s: %s prevents its claim, and cancels it", async (_, __, about) => {
    const { first, next } = await resend();
    await keepReceipts(db, [about(first, "delivered")]);
    await deliver("email", next);
    expect(calls).toBe(0);
    await applyAll();
    expect(await standingOf(pool, first)).toBe("succeeded emailDelivered");
    expect((await movesOf(pool, next)).at(-1)).toBe("canceled alreadySent");
  });

  test("was refused: a report with their Message-ID is about the first, and no third is sent", async () => {
    const { first, next } = await resend();
    answer = () => NOT_NOW;
    await deliver("email", next);
    expect(await standingOf(pool, next)).toBe("failed emailDeferred");
    await keepReceipts(db, [byMessageId(first)]);
    await applyAll();
    expect(await standingOf(pool, first)).toBe("succeeded emailDelivered");
    expect((await nextOf(next)).standing).toBe("canceled");
  });

  test("is scheduled again after a refused one: a report with their Message-ID is about it", async () => {
    const refused = await callOnce("email", NOT_NOW);
    const next = await nextOf(refused);
    answer = () => UNKNOWN;
    await deliver("email", next.id, newDeps());
    await scheduleNeverSent(db, [next.id], new Date(), "operator");
    await keepReceipts(db, [byMessageId(refused)]);
    await applyAll();
    expect(await standingOf(pool, refused)).toBe("failed emailDeferred");
    expect(await standingOf(pool, next.id)).toBe("succeeded emailDelivered");
  });

  test("is sent without a receipt", async () => {
    const { next } = await resend();
    await deliver("email", next);
    expect(calls).toBe(1);
    expect(await standingOf(pool, next)).toBe("attempted emailSent");
  });
});

// the last test: it judges what the others have left
test("an audit and the verification of the record find nothing wrong", async () => {
  await growTree(database);
  const wrong: unknown[] = [];
  const scope = { from: new Date(0), until: new Date(Date.now() + 86_400_000), caseId: null };
  await runAudit(db, scope, { onGap: (gap) => wrong.push(gap), onProgress: () => {} });
  await verifyRecord(
    db,
    { from: 0, logged: [], publicKey: undefined },
    { onFlaw: (flaw) => wrong.push(flaw), onProgress: () => {} },
  );
  expect(wrong).toEqual([]);
});
