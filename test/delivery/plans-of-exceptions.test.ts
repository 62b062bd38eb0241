import { afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { createChannel } from "../../src/channels.ts";
import { readConfig } from "../../src/config.ts";
import type { Deps } from "../../src/deps.ts";
import type { CaseChangeId, InteractionId, WorkerId } from "../../src/domain/ids.ts";
import { openSmtp } from "../../src/providers/smtp/smtp.ts";
import { applyWaiting } from "../../src/receipts/applier.ts";
import { createReplyIntake } from "../../src/reply-intake.ts";
import { resolveWaiting } from "../../src/resolver.ts";
import { noteKeptFindings, withdrawFindings } from "../../src/store/deliver/contact-findings.ts";
import { takeNearDeadlines } from "../../src/store/guard/holds.ts";
import { cancelScheduled } from "../../src/store/operate/cancellation.ts";
import { eraseOnRequest } from "../../src/store/operate/erasing.ts";
import { sweepUndelivered } from "../../src/store/operate/undelivered.ts";
import { leasePolls, refreshPolls, schedulePolls } from "../../src/store/receipts/polls.ts";
import { isOfOtherText } from "../../src/store/settle/unknown-outcomes.ts";
import { loadAuditedChangesOf } from "../../src/store/audit/audited-changes.ts";
import { keepReceipts } from "../../src/store/receipts/receipts.ts";
import { markSilent } from "../../src/store/receipts/silence.ts";
import { applyConsent } from "../../src/store/replies/consent.ts";
import {
  markOrphansUnknown,
  requeueOverdue,
  requeueUnsettled,
  rescheduleUnsentClaims,
} from "../../src/store/settle/recovery.ts";
import { interaction, worker } from "../ids.ts";
import { countStandings, insertInteractions } from "../interactions.ts";
import { openScriptedSmtp, type Script } from "../providers/scripted-smtp.ts";
import { runDueJobs } from "../queue.ts";
import { receiptOf } from "../receipts.ts";
import { textMessage } from "../replies/text-message.ts";
import { useReportedPlans } from "./reported-plans.ts";

/** The borrowers of one test. */
const FEW = 8;
const MINUTE = 60_000;
const LENDER = { country: "US", timeZone: "America/New_York", languages: ["en"] };

const DEFERRED = "451 4.3.0 Try again later\r\n";
const ACCEPTED = "250 2.0.0 Ok\r\n";

describe.each([120, 5_000])("planned on %i notices", (notices) => {
  const plans = useReportedPlans(notices);
  const { pool } = plans;
  const opened: { close(): Promise<void> }[] = [];
  let tests = 0;
  let first: number;

  beforeAll(() =>
    pool.query(`
      insert into tidings.case_types (id) values ('fraud'), ('pastDue');
      insert into tidings.templates (id, version, channel, subject_template, text_template, status)
      values (3, 1, 'email', 'About your loan', '{{lender.name}} writes to you. Reply STOP to end these emails.', 'active');
      insert into tidings.notification_types (id, version, name, status, on_status, channel, theme, template_id, on_unknown) values
        (3, 1, 'Fraud', 'active', 'initiated', 'email', 'opsServicing', 1, 'resend'),
        (4, 1, 'Past due', 'active', 'initiated', 'email', 'opsCollDebt', 3, 'hold');
      insert into tidings.case_type_notification_types values ('fraud', 3), ('pastDue', 4);
      insert into tidings.contacts (id, borrower_id, contact_type, label, affiliation, value)
      select 'A-' || n, 'B-' || n, 'email', 'work', 'attorney', 'law@example.com' from generate_series(1, 100) n`),
  );
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ["Date"] });
    first = FEW * tests + 1;
    tests += 1;
  });
  afterEach(async () => {
    vi.useRealTimers();
    await Promise.all(opened.splice(0).map((one) => one.close()));
  });

  /** A daemon whose mail server answers each message by its number, from 1 on. */
  async function openDeps(answer: Script["dot"] = () => ACCEPTED): Promise<Deps> {
    let messages = 0;
    const peer = await openScriptedSmtp({ dot: (socket) => answer(socket, (messages += 1)) });
    const url = `smtp://127.0.0.1:${peer.port}`;
    const provider = openSmtp({ url, slots: 4, deadlineMs: 5_000 });
    opened.push(provider, peer);
    const { channels } = readConfig({ EMAIL_RETRIES: "1m 1m 1m", EMAIL_SETTLES: "1m" });
    return plans.deps({ channels: { email: createChannel(provider, channels.email) } });
  }

  /** Inserts a change of each borrower of the test. */
  const insertChanges = (name: string, caseType = "bankruptcy"): Promise<unknown> =>
    plans.insertChanges(caseType, FEW, { name, first });
  /** Runs the jobs that are due after some minutes. */
  async function runAfter(deps: Deps, minutes: number): Promise<void> {
    vi.setSystemTime(Date.now() + minutes * MINUTE);
    await runDueJobs(plans, deps);
  }
  async function sendAll(name: string, deps: Deps, caseType?: string): Promise<InteractionId[]> {
    await insertChanges(name, caseType);
    await runAfter(deps, 1);
    return await idsOf(name);
  }
  async function idsOf(name: string): Promise<InteractionId[]> {
    const { rows } = await pool.query<{ id: InteractionId }>(
      "select id from tidings.interactions where case_id like $1 order by id",
      [`${name}-%`],
    );
    return rows.map(({ id }) => id);
  }
  const report = (deps: Deps, ids: readonly InteractionId[], rawStatus: string, code: string) =>
    keepReceipts(
      deps.db,
      ids.map((interactionId) => receiptOf({ interactionId, rawStatus, code })),
    );
  function expectLookUps(): void {
    expect(plans.count()).toBeGreaterThan(5);
    expect(plans.wholeReads()).toEqual([]);
  }

  test("notices that a pause withholds are looked up", async () => {
    const deps = await openDeps();
    await pool.query(
      "insert into tidings.pauses (scope, channel, reason) values ('channel', 'email', 'test')",
    );
    plans.forget();
    await sendAll("paused", deps);
    expect(await countStandings(pool, "paused")).toEqual({ "scheduled 1": FEW });
    await pool.query("update tidings.pauses set released_at = now()");
    expectLookUps();
  });

  test("validation notices about the loans of a debt collector are looked up", async () => {
    const deps = await openDeps();
    await pool.query(
      "update tidings.loans set collector_role = 'debtCollector' where substr(id, 3)::int between $1 and $2",
      [first, first + FEW - 1],
    );
    plans.forget();
    await sendAll("collected", deps);
    expect(await countStandings(pool, "collected")).toEqual({ "attempted emailSent 1": FEW });
    expectLookUps();
  });

  test("later attempts are looked up", async () => {
    const deps = await openDeps((_, message) => (message > 2 * FEW ? ACCEPTED : DEFERRED));
    plans.forget();
    await sendAll("retried", deps);
    await runAfter(deps, 10);
    await runAfter(deps, 10);
    expect(await countStandings(pool, "retried")).toEqual({
      "failed emailDeferred 1": FEW,
      "failed emailDeferred 2": FEW,
      "attempted emailSent 3": FEW,
    });
    expectLookUps();
  });

  test("unknown outcomes that are settled, and their next attempts, are looked up", async () => {
    const deps = await openDeps((socket, message) =>
      message > FEW ? ACCEPTED : void socket.destroy(),
    );
    plans.forget();
    await sendAll("unknown", deps, "fraud");
    await runAfter(deps, 10);
    expect(await countStandings(pool, "unknown")).toEqual({
      "attempted emailOutcomeUnknown 1": FEW,
      "attempted emailSent 2": FEW,
    });
    expectLookUps();
  });

  test("messages that a provider limits are looked up", async () => {
    const deps = await openDeps((_, message) =>
      message > 3 ? ACCEPTED : "421 4.7.28 Too many\r\n",
    );
    plans.forget();
    await sendAll("limited", deps);
    for (let round = 0; round < 3; round += 1) await runAfter(deps, 70);
    expect(await countStandings(pool, "limited")).toEqual({ "attempted emailSent 1": FEW });
    expectLookUps();
  });

  test("receipts of messages that are claimed again are looked up", async () => {
    const deps = await openDeps((_, message) =>
      message > 1 ? ACCEPTED : "421 4.7.28 Too many\r\n",
    );
    await sendAll("reported", deps);
    const again = (
      await pool.query<{ id: InteractionId }>(
        "select id from tidings.interactions where case_id like 'reported-%' and status = 'scheduled'",
      )
    ).rows.map(({ id }) => id);
    expect(again.length).toBeGreaterThan(0);
    await report(deps, again, "delivered", "2.0.0");
    plans.forget();
    await runAfter(deps, 70);
    expect(await countStandings(pool, "reported")).toEqual({
      "scheduled 1": again.length,
      "attempted emailSent 1": FEW - again.length,
    });
    await applyWaiting(deps);
    expect(await countStandings(pool, "reported")).toMatchObject({
      "succeeded emailDelivered 1": again.length,
    });
    expectLookUps();
  });

  test("contacts of messages that were refused are looked up", async () => {
    const deps = await openDeps(() => "550 5.1.1 No such user\r\n");
    plans.forget();
    await sendAll("refused", deps);
    expect(await countStandings(pool, "refused")).toEqual({
      "failed emailBounced 1": FEW,
    });
    expectLookUps();
  });

  test("contacts of messages that bounced or arrived after all are looked up", async () => {
    const deps = await openDeps();
    const sent = await sendAll("bounced", deps);
    plans.forget();
    await report(deps, sent, "failed", "5.1.1");
    await applyWaiting(deps);
    expect(await countStandings(pool, "bounced")).toEqual({ "failed emailBounced 1": FEW });
    await withdrawFindings(
      deps.db,
      sent.map((interactionId) => ({ interactionId, finding: "invalid" })),
    );
    expectLookUps();
  });

  test("notices that a rule redirects are looked up", async () => {
    await pool.query(
      "update tidings.borrowers set attorney_known_since = '2020-01-01', attorney_contact_id = 'A-' || substr(id, 3) where id like 'B-%' and substr(id, 3)::int between $1 and $1 + $2 - 1",
      [first, FEW],
    );
    const deps = await openDeps();
    plans.forget();
    await sendAll("redirected", deps, "pastDue");
    await runAfter(deps, 10);
    expect(await countStandings(pool, "redirected")).toEqual({
      "canceled 1": FEW,
      "attempted emailSent 2": FEW,
    });
    expectLookUps();
  });

  test("the sweeps that recover lost work look it up", async () => {
    const deps = await openDeps();
    const claim = (by: WorkerId, ids: readonly InteractionId[]): Promise<unknown> =>
      pool.query(
        `update tidings.interactions set status = 'inProgress', claimed_by = $1, claimed_at = now() - interval '1 hour', provider = 'smtp'
         where id = any($2)`,
        [by, ids],
      );
    await insertChanges("lost");
    await resolveWaiting(deps);
    const ids = await idsOf("lost");
    await claim(worker("dead"), ids.slice(0, 4));
    await claim(deps.workerId, ids.slice(4));
    await pool.query(
      "insert into tidings.workers (id, host, pid, queue_pool) values ($1, 'h', 1, '')",
      [deps.workerId],
    );
    const soon = new Date(Date.now() + MINUTE);
    plans.forget();
    expect(await markOrphansUnknown(deps.db)).toHaveLength(4);
    expect(await rescheduleUnsentClaims(deps.db, deps.workerId, [], soon)).toHaveLength(4);
    await requeueOverdue(deps.db, soon);
    await requeueUnsettled(deps.db, soon);
    await takeNearDeadlines(deps.db, MINUTE);
    await sweepUndelivered(deps.db);
    await noteKeptFindings(deps.db);
    await runAfter(deps, 1);
    await markSilent(deps.db, { channel: "email", heardBefore: soon, most: 2_000 });
    expectLookUps();
  });

  test("replies look up who sent them", async () => {
    const deps = await openDeps();
    const take = createReplyIntake({ ...deps, lender: LENDER });
    plans.forget();
    await take(textMessage("Stop", { from: "+16145550007" }));
    await take(textMessage("Start", { from: "+16145550007" }));
    await take(textMessage("I dispute this", { from: "+16145550008" }));
    await take(textMessage("STOP", { from: "nobody@example.com", channel: "email" }));
    await applyConsent(deps.db);
    expectLookUps();
  });

  test("texts that are looked up at their provider or reported by their ids are looked up", async () => {
    const deps = await openDeps();
    const messageIds = Array.from({ length: FEW }, (_, place) => `SM${first}-${place}`);
    await insertInteractions(pool, FEW, (place) => ({
      channel: "text",
      status: "attempted",
      statusDetails: "textSent",
      statusDetailsUpdatedAt: new Date(),
      provider: "twilio",
      providerMessageId: messageIds[place],
      caseChangeId: 900_000 + place,
    }));
    plans.forget();
    expect(await isOfOtherText(deps.db, interaction(0), messageIds[0] ?? "")).toBe(true);
    await refreshPolls(deps.db, new Date(0), 0);
    const polls = await leasePolls(deps.db, 100, MINUTE);
    expect(polls).toHaveLength(FEW);
    await schedulePolls(
      deps.db,
      polls.map(({ interactionId }) => ({ interactionId, waitMs: MINUTE })),
    );
    await keepReceipts(
      deps.db,
      messageIds.map((providerMessageId) => receiptOf({ provider: "twilio", providerMessageId })),
    );
    await applyWaiting(deps);
    expectLookUps();
  });

  test("changes that are audited are looked up", async () => {
    const deps = await openDeps();
    await sendAll("audited", deps);
    const { rows } = await pool.query<{ id: CaseChangeId }>(
      "select id from tidings.case_changes where case_id like 'audited-%'",
    );
    plans.forget();
    expect(
      await loadAuditedChangesOf(
        deps.db,
        rows.map(({ id }) => id),
      ),
    ).toHaveLength(FEW);
    expect(plans.wholeReads()).toEqual([]);
  });

  test("interactions that are canceled or erased are looked up", async () => {
    const deps = await openDeps();
    const sent = await sendAll("erased", deps);
    await insertChanges("canceled", "disputeOfDebt");
    await resolveWaiting(deps);
    plans.forget();
    await eraseOnRequest(deps.db, "interactions", sent, "why");
    await cancelScheduled(deps.db, await idsOf("canceled"), {
      by: { operator: "op" },
      reason: "why",
    });
    expect(await countStandings(pool, "canceled")).toEqual({ "canceled 1": FEW });
    expectLookUps();
  });
});
