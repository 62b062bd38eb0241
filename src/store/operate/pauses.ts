import { sql } from "kysely";
import type { DeliveryRuleId } from "../../domain/delivery-rules.ts";
import type { InteractionId } from "../../domain/ids.ts";
import type { Channel, PauseScope } from "../../domain/vocabulary.ts";
import type { Db } from "../postgres/db.ts";

/** The scope of a pause: everything, a channel, or every version of a notification type. */
export interface Paused {
  readonly scope: PauseScope;
  readonly channel: Channel | null;
  readonly notificationTypeId: number | null;
}

/** The scope of a pause `p` in words, such as `everything`, `channel text` or `type 7`. */
export const SCOPE_IN_WORDS = sql<string>`case p.scope when 'channel' then 'channel ' || p.channel
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

/** A pause that is open, for operators. */
export interface OpenPause extends PauseTerms {
  readonly pausedAt: Date;
  readonly pausedBy: string;
}

/** Reads the open pause of a scope; undefined if it is not paused. */
export async function readOpenPause(db: Db, paused: Paused): Promise<OpenPause | undefined> {
  const { rows } = await sql<OpenPause>`
    select p.reason, p.ends_at, p.paused_at, p.paused_by from tidings.pauses p where ${isOpen(paused)}
  `.execute(db);
  return rows[0];
}

/**
 * Gives the open pause of a scope a new end and reason, by the connection's actor. The old ones are kept in record_changes.
 * Returns false if it is not paused, or its end has passed.
 */
export async function changePause(
  db: Db,
  paused: Paused,
  { reason, endsAt }: PauseTerms,
): Promise<boolean> {
  await recordEndedPauses(db);
  const { rows } = await sql<{ id: string }>`
    update tidings.pauses p set reason = ${reason}, ends_at = ${endsAt} where ${isOpen(paused)} returning p.id
  `.execute(db);
  return rows.length > 0;
}

/** A pause `p` of exactly this scope that is not released. */
const isOpen = ({ scope, channel, notificationTypeId }: Paused) => sql<boolean>`
  p.released_at is null and p.scope = ${scope}
  and p.channel is not distinct from ${channel} and p.notification_type_id is not distinct from ${notificationTypeId}`;

/**
 * Records the end of the pauses whose end has passed. The notices that they held back are due at that time, and judging compares the
 * time, so these pauses hold back nothing since then. Returns their scopes, such as `channel text`.
 */
export async function recordEndedPauses(db: Db): Promise<string[]> {
  const { rows } = await sql<{ what: string }>`
    update tidings.pauses p
    set released_at = p.ends_at
    where p.released_at is null and p.ends_at <= clock_timestamp()
    returning ${SCOPE_IN_WORDS} as what
  `.execute(db);
  return rows.map((row) => row.what);
}

const PAUSED: DeliveryRuleId = "pause.open";

/** The number of interactions that are released in one transaction. */
const BATCH = 1_000;
/** More than this many are a bulk, as in the queue. */
const MOST_SINGLE = 20;

/** The result of a release. */
export interface Release {
  readonly wasOpen: boolean;
  /** The number of interactions that waited for it. */
  readonly released: number;
}

/**
 * Releases a pause by the connection's actor, and then the interactions that waited for it, in batches that are committed one by one. If
 * it is interrupted, another call releases the rest. `onBatch` gets the number that is released and the total.
 */
export async function releasePause(
  db: Db,
  paused: Paused,
  onBatch: (released: number, total: number) => void = () => {},
): Promise<Release> {
  // the pause first: a daemon that judges a released interaction must not find it open
  const wasOpen = await closePause(db, paused);
  const ids = await listWaiting(db, paused);
  const isBulk = ids.length > MOST_SINGLE;
  let released = 0;
  for (let from = 0; from < ids.length; from += BATCH) {
    released += await releaseWaiting(db, ids.slice(from, from + BATCH), isBulk);
    onBatch(released, ids.length);
  }
  return { wasOpen, released };
}

/** Returns false if no such pause is open. */
async function closePause(db: Db, paused: Paused): Promise<boolean> {
  const { rows } = await sql<{ id: string }>`
    update tidings.pauses p
    set released_at = clock_timestamp(), released_by = tidings.moved_by()
    where ${isOpen(paused)}
    returning p.id
  `.execute(db);
  return rows.length > 0;
}

/** An interaction `i` that waits for a pause, although no open pause holds it back. */
const WAITS_WITHOUT_PAUSE = sql<boolean>`
  i.origin = 'tidings' and i.status = 'scheduled' and i.compliance_guard_rule_id = ${PAUSED}
  and not exists (
    select from tidings.pauses p
    where p.released_at is null and (p.ends_at > clock_timestamp()) is not false
      and (p.scope = 'everything' or p.channel = i.channel or p.notification_type_id = i.notification_type_id))`;

/** Lists the interactions in the scope that wait for a pause, although no open pause holds them back, in order of id. */
async function listWaiting(
  db: Db,
  { channel, notificationTypeId }: Paused,
): Promise<InteractionId[]> {
  const { rows } = await sql<{ id: InteractionId }>`
    select i.id from tidings.interactions i
    where ${WAITS_WITHOUT_PAUSE}
      and (${channel}::text is null or i.channel = ${channel})
      and (${notificationTypeId}::int is null or i.notification_type_id = ${notificationTypeId})
    order by i.id
  `.execute(db);
  return rows.map((row) => row.id);
}

/**
 * Requeues those of the interactions that still wait for a pause that is released, in one statement. Returns their number.
 * They are locked in order of id, so that two releases cannot deadlock.
 */
async function releaseWaiting(
  db: Db,
  interactionIds: readonly InteractionId[],
  isBulk: boolean,
): Promise<number> {
  const { rows } = await sql<{ id: InteractionId }>`
    with found as materialized (
      select i.id from tidings.interactions i
      where i.id = any(${interactionIds}::bigint[]) and ${WAITS_WITHOUT_PAUSE}
      order by i.id for update
    ),
    released as (
      update tidings.interactions i
      set scheduled_at_from = clock_timestamp(), compliance_guard_rule_id = null, failure_description_short = null, failure_description_long = null
      from found f
      where i.id = f.id
      returning i.id
    ),
    jobs as (
      select tidings.queue_deliveries(array_agg(r.id), now(), ${isBulk}) from released r
    )
    select r.id, (select count(*) from jobs) as jobs from released r
  `.execute(db);
  return rows.length;
}
