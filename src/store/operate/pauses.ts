import { sql } from "kysely";
import type { DeliveryRuleId } from "../../domain/delivery-rules.ts";
import type { Channel, PauseScope } from "../../domain/vocabulary.ts";
import type { Db } from "../postgres/db.ts";

/** The scope of a pause: everything, a channel, or every version of a notification type. */
export interface Paused {
  readonly scope: PauseScope;
  readonly channel: Channel | null;
  readonly notificationTypeId: number | null;
}

/** What a pause `p` holds back, such as `everything`, `channel text` or `type 7`. */
export const WHAT = sql<string>`case p.scope when 'channel' then 'channel ' || p.channel
  when 'notificationType' then 'type ' || p.notification_type_id else p.scope end`;

/** The reason of a pause, and its end; null if it ends only by its release. */
export interface PauseTerms {
  readonly reason: string;
  readonly endsAt: Date | null;
}

/**
 * Opens a pause by the connection's actor; returns false if one is already open. Daemons read pauses before every message.
 */
export async function openPause(
  db: Db,
  paused: Paused,
  { reason, endsAt }: PauseTerms,
): Promise<boolean> {
  await recordEndedPauses(db);
  const { rows } = await sql<{ id: string }>`
    insert into tidings.pauses (scope, channel, notification_type_id, reason, ends_at)
    values (${paused.scope}, ${paused.channel}, ${paused.notificationTypeId}, ${reason}, ${endsAt})
    on conflict (scope, coalesce(channel, ''), coalesce(notification_type_id, 0)) where released_at is null do nothing
    returning id
  `.execute(db);
  return rows.length > 0;
}

/**
 * Records the end of the pauses whose end has passed. They hold nothing any more: the notices that they held are due at that time,
 * and judging compares the time. Returns what was paused, such as `channel text`.
 */
export async function recordEndedPauses(db: Db): Promise<string[]> {
  const { rows } = await sql<{ what: string }>`
    update tidings.pauses p
    set released_at = p.ends_at
    where p.released_at is null and p.ends_at <= clock_timestamp()
    returning ${WHAT} as what
  `.execute(db);
  return rows.map((row) => row.what);
}

const PAUSED: DeliveryRuleId = "pause.open";

/** Releases a pause and requeues the interactions that waited for it. Returns their number, or undefined if no pause was open. */
export async function releasePause(db: Db, paused: Paused): Promise<number | undefined> {
  const { rows } = await sql<{ waiting: number }>`
    with released as (
      update tidings.pauses p
      set released_at = clock_timestamp(), released_by = tidings.moved_by()
      where p.released_at is null and p.scope = ${paused.scope}
        and p.channel is not distinct from ${paused.channel} and p.notification_type_id is not distinct from ${paused.notificationTypeId}
      returning p.id
    ),
    waiting as (
      update tidings.interactions i
      set scheduled_at_from = clock_timestamp(), compliance_guard_rule_id = null, failure_description_short = null, failure_description_long = null
      where i.origin = 'tidings' and i.status = 'scheduled' and i.compliance_guard_rule_id = ${PAUSED}
        and exists (select from released)
        and (${paused.channel}::text is null or i.channel = ${paused.channel})
        and (${paused.notificationTypeId}::int is null or i.notification_type_id = ${paused.notificationTypeId})
      returning i.id
    ),
    jobs as (
      select tidings.queue_deliveries(array_agg(w.id), now()) from waiting w
    )
    select (select count(*) from waiting)::int as waiting, (select count(*) from jobs) as jobs from released
  `.execute(db);
  return rows[0]?.waiting;
}
