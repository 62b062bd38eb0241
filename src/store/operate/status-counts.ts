import { sql } from "kysely";
import type { InteractionId } from "../../domain/ids.ts";
import type { Channel, InteractionStatus } from "../../domain/vocabulary.ts";
import type { Db } from "../postgres/db.ts";

/** The number of Tidings' interactions on one channel with one status. */
export interface StatusCount {
  readonly channel: Channel;
  readonly status: InteractionStatus;
  readonly interactions: number;
}

export async function countInteractions(db: Db): Promise<StatusCount[]> {
  const { rows } = await sql<StatusCount>`
    select i.channel, i.status, count(*)::int as interactions
    from tidings.interactions i
    where i.origin = 'tidings'
    group by 1, 2
    order by 1
  `.execute(db);
  return rows;
}

export interface UnknownCount {
  readonly channel: Channel;
  readonly interactions: number;
  /** Those of them that are not looked up any more: a person settles them. */
  readonly held: number;
  /** The id of the oldest one. */
  readonly firstInteractionId: InteractionId;
}

/** Interactions with unknown outcome that no attempt has followed. */
export async function countUnknown(db: Db): Promise<UnknownCount[]> {
  const { rows } = await sql<UnknownCount>`
    select i.channel, count(*)::int as interactions, (count(*) filter (where i.settle_at is null))::int as held,
      min(i.id) as first_interaction_id
    from tidings.interactions i
    where i.origin = 'tidings' and tidings.is_outcome_unknown(i.status, i.status_details)
      and not tidings.has_next_attempt(i.id)
    group by 1
    order by 1
  `.execute(db);
  return rows;
}

export interface OpenPause {
  /** The scope, such as `everything`, `channel text` or `type 7`. */
  readonly what: string;
  readonly reason: string;
  readonly pausedAt: Date;
  readonly pausedBy: string;
}

export async function listOpenPauses(db: Db): Promise<OpenPause[]> {
  const { rows } = await sql<OpenPause>`
    select case p.scope when 'channel' then 'channel ' || p.channel when 'notificationType' then 'type ' || p.notification_type_id
      else p.scope end as what, p.reason, p.paused_at, p.paused_by
    from tidings.pauses p
    where p.released_at is null
    order by p.id
  `.execute(db);
  return rows;
}

export interface Overdue {
  readonly interactionId: InteractionId;
  readonly dueAt: Date;
  readonly overdueMs: number;
}

/** Returns the oldest interaction that is due by the database's clock and not sent. */
export async function findOldestDue(db: Db): Promise<Overdue | undefined> {
  const { rows } = await sql<Overdue>`
    select i.id as interaction_id, i.scheduled_at_from as due_at,
      (extract(epoch from clock_timestamp() - i.scheduled_at_from) * 1000)::float8 as overdue_ms
    from tidings.interactions i
    where i.origin = 'tidings' and i.status = 'scheduled' and i.scheduled_at_from <= clock_timestamp()
    order by i.scheduled_at_from
    limit 1
  `.execute(db);
  return rows[0];
}

/** The number of jobs of one task: due, running, later, and abandoned by the queue. */
export interface JobCount {
  readonly task: string;
  readonly due: number;
  readonly running: number;
  readonly later: number;
  readonly givenUp: number;
}

export async function countJobsByTask(db: Db): Promise<JobCount[]> {
  const { rows } = await sql<JobCount>`
    select j.task_identifier as task,
      (count(*) filter (where j.locked_at is null and j.attempts < j.max_attempts and j.run_at <= now()))::int as due,
      (count(*) filter (where j.locked_at is not null))::int as running,
      (count(*) filter (where j.locked_at is null and j.attempts < j.max_attempts and j.run_at > now()))::int as later,
      (count(*) filter (where j.locked_at is null and j.attempts >= j.max_attempts))::int as given_up
    from tidings_queue.jobs j
    group by 1
    order by 1
  `.execute(db);
  return rows;
}
