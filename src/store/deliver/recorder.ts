import { sql } from "kysely";
import type { InteractionId } from "../../domain/ids.ts";
import type { AttemptOutcome } from "../../domain/interaction.ts";
import { noteFindings } from "./contact-findings.ts";
import type { Db } from "../postgres/db.ts";
import { recordset } from "../postgres/recordset.ts";
import { EARLY_RECEIPTS } from "../receipts/receipt-queue.ts";
import { type NextAttempt, planNextAttempts } from "./next-attempts.ts";
import { retryOnOutage, type RetryOptions } from "../postgres/retry.ts";

/** Records outcomes. `record` resolves once its own outcome is durable. */
export interface Recorder {
  /**
   * `takenBack` are the next attempts of interactions that were recorded as failed before this outcome showed that the fault
   * was ours. They are planned in the transaction that writes the outcome.
   */
  record(outcome: AttemptOutcome, takenBack?: readonly NextAttempt[]): Promise<void>;
}

interface Answered {
  readonly outcome: AttemptOutcome;
  readonly takenBack: readonly NextAttempt[];
}

interface Waiting extends Answered {
  readonly done: () => void;
  readonly failed: (error: unknown) => void;
}

export interface RecorderOptions {
  readonly db: Db;
  /**
   * Gets the error code when a write waits for the database. The returned function is called when it no longer waits.
   */
  readonly onOutage: RetryOptions["onOutage"];
}

/**
 * Answers that arrive within this time (ms) are written by one statement: each statement costs the database nearly 2 ms, whatever its
 * size. A crash leaves the outcome of those answers unknown, so the time is short.
 */
const GROUP_MS = 15;
const GROUP_SIZE = 200;

/**
 * Groups answers that arrive within a few milliseconds, and writes one group at a time: answers that arrive meanwhile are written with
 * the next one, so that a busy database gets fewer statements. During an outage it keeps them and retries as long as
 * necessary: a provider's answer cannot be requested a second time.
 */
export function createRecorder({ db, onOutage }: RecorderOptions): Recorder {
  let waiting: Waiting[] = [];
  let isWriting = false;
  let timer: NodeJS.Timeout | undefined;

  const writeGroup = async (group: readonly Waiting[]): Promise<void> => {
    try {
      await retryOnOutage(() => write(db, group), { onOutage });
    } catch (error) {
      if (group.length === 1) return group[0]?.failed(error);
      // if the tables refuse one answer, the others of its group are still recorded
      return void (await Promise.all(group.map((one) => writeGroup([one]))));
    }
    for (const one of group) one.done();
  };

  const flush = (): void => {
    clearTimeout(timer);
    timer = undefined;
    // one at a time also because an interaction that is taken back must be on record as failed before
    if (waiting.length === 0 || isWriting) return;
    const group = waiting;
    waiting = [];
    isWriting = true;
    void writeGroup(group).finally(() => {
      isWriting = false;
      flush();
    });
  };

  return {
    record: (outcome, takenBack = []) =>
      new Promise<void>((done, failed) => {
        waiting.push({ outcome, takenBack, done, failed });
        if (waiting.length >= GROUP_SIZE) flush();
        else timer ??= setTimeout(flush, GROUP_MS);
      }),
  };
}

/**
 * Repeating it after a commit whose confirmation did not arrive changes nothing: the rows are no longer in progress.
 */
async function write(db: Db, answered: readonly Answered[]): Promise<void> {
  const outcomes = answered.map((one) => one.outcome);
  const takenBack = answered.flatMap((one) => one.takenBack);
  const plain =
    takenBack.length === 0 &&
    outcomes.every(
      ({ nextAttemptAt, dueAt, settleAt, finding }) =>
        nextAttemptAt === null && dueAt === null && settleAt === null && finding === null,
    );
  if (plain) return void (await moveInteractions(db, outcomes));
  await db.transaction().execute(async (transaction) => {
    const moved = await moveInteractions(transaction, outcomes);
    // an answer that came too late to move its interaction has no effect: a person may have refused the notice meanwhile
    const effective = outcomes.filter(({ interactionId }) => moved.has(interactionId));
    await planNextAttempts(transaction, [...effective.flatMap(nextOf), ...takenBack]);
    await queueAgain(
      transaction,
      effective.filter((one) => one.dueAt !== null),
    );
    await queueSettling(
      transaction,
      effective.filter((one) => one.settleAt !== null),
    );
    await noteFindings(transaction, effective);
  });
}

const idsOf = (outcomes: readonly AttemptOutcome[]): InteractionId[] =>
  outcomes.map((one) => one.interactionId);

const nextOf = ({ interactionId, nextAttemptAt }: AttemptOutcome): NextAttempt[] =>
  nextAttemptAt === null ? [] : [{ interactionId, dueAt: nextAttemptAt }];

const OUTCOME = {
  interactionId: "bigint",
  status: "text",
  statusDetails: "text",
  short: "text",
  long: "text",
  providerMessageId: "text",
  claimedAt: "timestamptz",
  startedAt: "timestamptz",
  endedAt: "timestamptz",
  evidence: "jsonb",
  dueAt: "timestamptz",
} as const;

/** Returns the ids of the interactions that it has moved. */
async function moveInteractions(
  db: Db,
  outcomes: readonly AttemptOutcome[],
): Promise<ReadonlySet<InteractionId>> {
  const { rows } = await sql<{ id: InteractionId }>`
    with moved as (
    update tidings.interactions i
    set status = s.status, status_details = s."statusDetails", failure_description_short = s.short, failure_description_long = s.long,
      compliance_guard_rule_id = null,
      provider_message_id = s."providerMessageId", started_at = s."startedAt", ended_at = s."endedAt", evidence = s.evidence,
      content_sha256 = coalesce(s.evidence->>'sha256', i.content_sha256), scheduled_at_from = coalesce(s."dueAt", i.scheduled_at_from)
    from ${recordset("s", OUTCOME, outcomes)}
    where i.id = s."interactionId" and i.claimed_at = s."claimedAt"
      -- so that they are looked up: a plan that was made for a small table would read all of a large one
      and i.id = any(${idsOf(outcomes)}::bigint[])
      -- an answer that arrives after its worker was declared dead still shows what happened
      and (i.status = 'inProgress' or tidings.is_outcome_unknown(i.status, i.status_details)
        or (tidings.was_sent(s.status, s."statusDetails")
          and (i.status = 'scheduled' or tidings.is_ended_unsent(i.status, i.status_details, i.evidence))))
      -- an answer that asks to send again later is dropped if another attempt has followed already
      and (s.status <> 'scheduled' or not tidings.has_next_attempt(i.id))
    returning i.id, i.channel, i.provider, i.provider_message_id
    ),
    early as (
      insert into tidings.receipt_queue (receipt_id) select e.id from ${EARLY_RECEIPTS} e
      on conflict (receipt_id) do update set run_at = clock_timestamp()
    )
    select m.id from moved m
  `.execute(db);
  return new Set(rows.map(({ id }) => id));
}

async function queueAgain(db: Db, outcomes: readonly AttemptOutcome[]): Promise<void> {
  if (outcomes.length === 0) return;
  await sql`
    select tidings.queue_deliveries(array_agg(i.id))
    from unnest(${idsOf(outcomes)}::bigint[]) as s(id)
    -- named twice, as in moveInteractions
    join tidings.interactions i on i.id = s.id and i.id = any(${idsOf(outcomes)}::bigint[]) and i.status = 'scheduled'
  `.execute(db);
}

async function queueSettling(db: Db, outcomes: readonly AttemptOutcome[]): Promise<void> {
  if (outcomes.length === 0) return;
  await sql`
    select tidings.queue_settlements(array_agg(i.id), s."settleAt", 0)
    from ${recordset("s", { interactionId: "bigint", settleAt: "timestamptz" }, outcomes)}
    -- named twice, as in moveInteractions
    join tidings.interactions i on i.id = s."interactionId" and i.id = any(${idsOf(outcomes)}::bigint[])
      and tidings.is_outcome_unknown(i.status, i.status_details)
    group by s."settleAt"
  `.execute(db);
}
