import { sql } from "kysely";
import type { BorrowerId, InteractionId } from "../../domain/ids.ts";
import type { Channel } from "../../domain/vocabulary.ts";
import type { Db } from "../postgres/db.ts";

/** A notice that the law requires and that counts as not sent. */
export interface UndeliveredNotice {
  readonly interactionId: InteractionId;
  readonly channel: Channel;
  readonly borrowerId: BorrowerId;
  readonly notedAt: Date;
  readonly undeliveredForMs: number;
  readonly statusDetails: string | null;
  /** The failure in a few words. */
  readonly why: string | null;
}

const OPEN = sql`u.closed_at is null and tidings.is_undelivered(u.interaction_id)`;

/** Lists the notices whose duty is open, the oldest first. */
export async function listUndelivered(db: Db, most: number): Promise<UndeliveredNotice[]> {
  const { rows } = await sql<UndeliveredNotice>`
    select i.id as interaction_id, i.channel, i.person_id as borrower_id, u.noted_at,
      round(extract(epoch from clock_timestamp() - u.noted_at) * 1000)::float8 as undelivered_for_ms, i.status_details,
      i.failure_description_short as why
    from tidings.undelivered_notices u
    join tidings.interactions i on i.id = u.interaction_id
    where ${OPEN}
    order by u.interaction_id
    limit ${most}
  `.execute(db);
  return rows;
}

/** The notices that the law requires and that count as not sent. */
export interface UndeliveredCount {
  readonly notices: number;
  /** The time since the oldest of them failed (ms); 0 if there is none. */
  readonly oldestMs: number;
}

/** Counts the notices that the law requires and that count as not sent. */
export async function countUndelivered(db: Db): Promise<UndeliveredCount> {
  const { rows } = await sql<UndeliveredCount>`
    select count(*)::int as notices, coalesce(round(extract(epoch from clock_timestamp() - min(u.noted_at)) * 1000)::float8, 0) as oldest_ms
    from tidings.undelivered_notices u
    where ${OPEN}
  `.execute(db);
  return rows[0] ?? { notices: 0, oldestMs: 0 };
}

/** A notice that is reported now, for the first time. */
export interface ReportedUndelivered {
  readonly interactionId: InteractionId;
  readonly channel: Channel;
  readonly statusDetails: string | null;
}

/**
 * Closes the duties of notices that another interaction has replaced or that were delivered in the end. Returns those that are open and
 * were not reported before. Each is returned once, to one daemon.
 */
export async function sweepUndelivered(db: Db): Promise<ReportedUndelivered[]> {
  const { rows } = await sql<ReportedUndelivered>`
    with unfinished as materialized (
      select u.interaction_id, tidings.is_undelivered(u.interaction_id) as is_open, u.reported_at is null as is_new
      from tidings.undelivered_notices u
      where u.closed_at is null
      for update skip locked
    ),
    closed as (
      update tidings.undelivered_notices u
      set closed_at = clock_timestamp()
      from unfinished f
      where u.interaction_id = f.interaction_id and not f.is_open
    ),
    reported as (
      update tidings.undelivered_notices u
      set reported_at = clock_timestamp()
      from unfinished f
      where u.interaction_id = f.interaction_id and f.is_open and f.is_new
      returning u.interaction_id
    )
    select i.id as interaction_id, i.channel, i.status_details
    from reported r
    join tidings.interactions i on i.id = r.interaction_id
    order by i.id
  `.execute(db);
  return rows;
}
