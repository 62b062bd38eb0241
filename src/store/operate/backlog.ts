import { sql } from "kysely";
import type { InteractionId } from "../../domain/ids.ts";
import type { Channel } from "../../domain/vocabulary.ts";
import type { Db } from "../postgres/db.ts";

// These statements are for `tidings status`, which a person repeats while everything is slow. They read partial indexes on what is
// not finished and never the history, however many interactions are on record. test/store/operate/status-plans.test.ts reads their
// plans.

/** The overdue interactions of one channel and notification type. */
export interface OverdueCount {
  readonly channel: Channel;
  /** Null for confirmations. */
  readonly notificationTypeId: number | null;
  readonly interactions: number;
  /** The first due time of the oldest, before anything put it off. */
  readonly oldestDueAt: Date;
  readonly oldestMs: number;
  /** The oldest of all overdue interactions; null for the other channels and types. */
  readonly oldestInteractionId: InteractionId | null;
}

/**
 * Counts the interactions that were due before now, by the database's clock, and are not sent: also those that a pause, a stopped
 * channel or a limit of the provider has put off.
 */
export async function countOverdue(db: Db): Promise<OverdueCount[]> {
  const { rows } = await sql<OverdueCount>`
    with groups as materialized (
      select w.channel, w.notification_type_id, count(*)::int as interactions, min(w.due_at) as oldest
      from (
        select i.channel, i.notification_type_id, coalesce(i.first_due_at, i.scheduled_at_from) as due_at
        from tidings.interactions i
        where i.origin = 'tidings' and i.status = 'scheduled' and i.scheduled_at_from <= now()
        union all
        select i.channel, i.notification_type_id, i.first_due_at
        from tidings.interactions i
        where i.origin = 'tidings' and i.status = 'scheduled' and (i.first_due_at is not null or i.attempt > 1)
          and i.scheduled_at_from > now() and i.first_due_at <= now()
      ) w
      group by 1, 2
    )
    select g.channel, g.notification_type_id, g.interactions, g.oldest as oldest_due_at,
      round(extract(epoch from clock_timestamp() - g.oldest) * 1000)::float8 as oldest_ms,
      -- an aggregate that keeps the id takes twice the time
      case when g.oldest = (select min(o.oldest) from groups o) then coalesce(
        (select i.id from tidings.interactions i
         where i.origin = 'tidings' and i.status = 'scheduled' and i.scheduled_at_from = g.oldest and i.first_due_at is null limit 1),
        (select i.id from tidings.interactions i
         where i.origin = 'tidings' and i.status = 'scheduled' and (i.first_due_at is not null or i.attempt > 1)
           and i.first_due_at = g.oldest limit 1))
      end as oldest_interaction_id
    from groups g
    order by 1, 2
  `.execute(db);
  return rows;
}

/** The attempts of one channel that follow a failed one and are due later. */
export interface NextAttemptCount {
  readonly channel: Channel;
  readonly interactions: number;
  readonly firstDueAt: Date;
}

/** Counts the next attempts that are due later, by channel. */
export async function countNextAttempts(db: Db): Promise<NextAttemptCount[]> {
  const { rows } = await sql<NextAttemptCount>`
    select i.channel, count(*)::int as interactions, min(i.scheduled_at_from) as first_due_at
    from tidings.interactions i
    where i.origin = 'tidings' and i.status = 'scheduled' and (i.first_due_at is not null or i.attempt > 1)
      and i.scheduled_at_from > now() and i.first_due_at is null
    group by 1
    order by 1
  `.execute(db);
  return rows;
}

/** The interactions that are planned for a later time. */
export interface LaterCount {
  /** The number, counted up to `most`. */
  readonly interactions: number;
  readonly isMore: boolean;
  /** Null if there is none. */
  readonly nextDueAt: Date | null;
}

/** Counts what is due later, up to `most`: a lender may have planned millions. */
export async function countLater(db: Db, most: number): Promise<LaterCount> {
  const { rows } = await sql<LaterCount>`
    select least(count(*), ${most}::int)::int as interactions, count(*) > ${most}::int as is_more, min(l.scheduled_at_from) as next_due_at
    from (
      select i.scheduled_at_from
      from tidings.interactions i
      where i.origin = 'tidings' and i.status = 'scheduled' and i.scheduled_at_from > now()
      order by i.scheduled_at_from
      limit ${most}::int + 1
    ) l
  `.execute(db);
  return rows[0] ?? { interactions: 0, isMore: false, nextDueAt: null };
}

/** The interactions of one channel that are with a provider now. */
export interface InProgressCount {
  readonly channel: Channel;
  readonly interactions: number;
}

/** Counts the interactions that are with a provider, by channel. */
export async function countInProgress(db: Db): Promise<InProgressCount[]> {
  const { rows } = await sql<InProgressCount>`
    select i.channel, count(*)::int as interactions
    from tidings.interactions i
    where i.origin = 'tidings' and i.status = 'inProgress'
    group by 1
    order by 1
  `.execute(db);
  return rows;
}
