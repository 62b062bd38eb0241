import { sql } from "kysely";
import type { Settlement } from "../domain/interaction.ts";
import { asRows, type Db } from "./db.ts";
import { throughOutages } from "./outage.ts";

/** Writes outcomes down. Everyone waits for their own only: it resolves when theirs is durable. */
export interface Recorder {
  record(settlement: Settlement): Promise<void>;
}

interface Waiting {
  readonly settlement: Settlement;
  readonly done: () => void;
  readonly failed: (error: unknown) => void;
}

export interface RecorderOptions {
  readonly db: Db;
  /** Hears of every try that did not reach the database. */
  readonly onOutage: (code: string) => void;
}

/** Answers that arrive within this are written by one statement. */
const GROUP_MS = 3;
const GROUP_SIZE = 200;

/**
 * Groups what arrives within a few milliseconds. While the database is away it keeps what it holds and tries again for
 * as long as it takes: the answer of a provider is the one thing nobody can ask for a second time.
 */
export function openRecorder({ db, onOutage }: RecorderOptions): Recorder {
  let waiting: Waiting[] = [];
  let timer: NodeJS.Timeout | undefined;

  const flush = (): void => {
    clearTimeout(timer);
    timer = undefined;
    const group = waiting;
    waiting = [];
    throughOutages(
      () =>
        write(
          db,
          group.map((one) => one.settlement),
        ),
      { onOutage },
    ).then(
      () => group.forEach((one) => one.done()),
      (error: unknown) => group.forEach((one) => one.failed(error)),
    );
  };

  return {
    record: (settlement) =>
      new Promise<void>((done, failed) => {
        waiting.push({ settlement, done, failed });
        if (waiting.length >= GROUP_SIZE) flush();
        else timer ??= setTimeout(flush, GROUP_MS);
      }),
  };
}

/** Repeating it after a commit whose confirmation was lost changes nothing: the rows are no longer in progress. */
async function write(db: Db, settlements: readonly Settlement[]): Promise<void> {
  const plain = settlements.every(
    (one) =>
      one.nextAttemptAt === null &&
      one.dueAt === null &&
      one.askAt === null &&
      one.finding === null,
  );
  if (plain) return moveSettled(db, settlements);
  await db.transaction().execute(async (tx) => {
    await moveSettled(tx, settlements);
    await planNextAttempts(
      tx,
      settlements.filter((one) => one.nextAttemptAt !== null),
    );
    await queueAgain(
      tx,
      settlements.filter((one) => one.dueAt !== null),
    );
    await queueAsking(
      tx,
      settlements.filter((one) => one.askAt !== null),
    );
    await noteFindings(
      tx,
      settlements.filter((one) => one.finding !== null),
    );
  });
}

async function moveSettled(db: Db, settlements: readonly Settlement[]): Promise<void> {
  await sql`
    update tidings.interactions i
    set status = s.status, status_details = s."statusDetails", failure_description_short = s.short, failure_description_long = s.long,
      provider_message_id = s."providerMessageId", started_at = s."startedAt", ended_at = s."endedAt", evidence = s.evidence,
      content_sha256 = coalesce(s.evidence->>'sha256', i.content_sha256), scheduled_at_from = coalesce(s."dueAt", i.scheduled_at_from)
    from json_to_recordset(${asRows(settlements)}) as s(
      "interactionId" bigint, status text, "statusDetails" text, short text, long text, "providerMessageId" text,
      "claimedAt" timestamptz, "startedAt" timestamptz, "endedAt" timestamptz, evidence jsonb, "dueAt" timestamptz)
    where i.id = s."interactionId" and i.claimed_at = s."claimedAt"
      -- an answer that comes after its worker was given up for dead still says what happened
      and (i.status = 'inProgress' or (i.status = 'attempted' and i.status_details = i.channel || 'OutcomeUnknown'))
  `.execute(db);
}

/** A new interaction for every one that failed for now, to the same end and one attempt further. */
async function planNextAttempts(db: Db, settlements: readonly Settlement[]): Promise<void> {
  if (settlements.length === 0) return;
  await sql`
    with added as (
      insert into tidings.interactions
        (origin, created_by, direction, started_at, channel, person_id, loan_id, loan_ids, subject, theme, sensitive, status,
         scheduled_at_from, scheduled_at_to, previous_interaction_id, first_interaction_id, attempt, supercase_bulk_operation_id,
         case_id, case_change_id, notification_type_id, notification_type_version, template_id, template_version, due_explanation)
      select i.origin, i.created_by, i.direction, null, i.channel, i.person_id, i.loan_id, i.loan_ids, i.subject, i.theme, i.sensitive, 'scheduled',
        s."nextAttemptAt", i.scheduled_at_to, i.id, coalesce(i.first_interaction_id, i.id), i.attempt + 1, i.supercase_bulk_operation_id,
        i.case_id, i.case_change_id, i.notification_type_id, i.notification_type_version, i.template_id, i.template_version, i.due_explanation
      from json_to_recordset(${asRows(settlements)}) as s("interactionId" bigint, "nextAttemptAt" timestamptz)
      join tidings.interactions i on i.id = s."interactionId" and i.status = 'failed'
      on conflict (previous_interaction_id) where origin = 'tidings' and previous_interaction_id is not null do nothing
      returning id, channel, scheduled_at_from
    )
    select graphile_worker.add_job('deliver_interactions', json_build_object('channel', a.channel, 'interactionIds', array_agg(a.id::text order by a.id)),
      run_at => a.scheduled_at_from)
    from added a
    group by a.channel, a.scheduled_at_from
  `.execute(db);
}

async function queueAgain(db: Db, settlements: readonly Settlement[]): Promise<void> {
  if (settlements.length === 0) return;
  await sql`
    select graphile_worker.add_job('deliver_interactions', json_build_object('channel', i.channel, 'interactionIds', array_agg(i.id::text order by i.id)),
      run_at => s."dueAt")
    from json_to_recordset(${asRows(settlements)}) as s("interactionId" bigint, "dueAt" timestamptz)
    join tidings.interactions i on i.id = s."interactionId" and i.status = 'scheduled'
    group by i.channel, s."dueAt"
  `.execute(db);
}

async function queueAsking(db: Db, settlements: readonly Settlement[]): Promise<void> {
  if (settlements.length === 0) return;
  await sql`
    select graphile_worker.add_job('settle_unknown_outcomes',
      json_build_object('channel', i.channel, 'interactionIds', array_agg(i.id::text order by i.id), 'asked', 0), run_at => s."askAt")
    from json_to_recordset(${asRows(settlements)}) as s("interactionId" bigint, "askAt" timestamptz)
    join tidings.interactions i on i.id = s."interactionId" and i.status = 'attempted'
    group by i.channel, s."askAt"
  `.execute(db);
}

/** What a refusal says of a contact goes back to it, unless the lender has changed its value since. */
async function noteFindings(db: Db, settlements: readonly Settlement[]): Promise<void> {
  if (settlements.length === 0) return;
  await sql`
    update tidings.contacts k
    set valid = k.valid and s.finding <> 'invalid',
      receive_text_messages = k.receive_text_messages and s.finding not in ('notTextable', 'optedOut')
    from json_to_recordset(${asRows(settlements)}) as s("interactionId" bigint, finding text)
    join tidings.interactions i on i.id = s."interactionId"
    where k.id = i.contact_id and k.value = i.contact->>'value' and s.finding in ('invalid', 'notTextable', 'optedOut')
  `.execute(db);
}
