import { sql } from "kysely";
import type { StopRuleId } from "../../domain/delivery-rules.ts";
import type { BorrowerId, InteractionId } from "../../domain/ids.ts";
import type { Channel } from "../../domain/vocabulary.ts";
import { conditionOf, type InteractionFilter } from "../api/interaction-filter.ts";
import type { Db } from "../postgres/db.ts";

/** A notice that waits for a person. */
export interface HeldNotice {
  readonly interactionId: InteractionId;
  readonly channel: Channel;
  /** Null for confirmations. */
  readonly notificationTypeId: number | null;
  readonly personId: BorrowerId;
  readonly heldAt: Date;
  readonly heldForMs: number;
  /** Every rule that held it, the deciding one first. */
  readonly ruleIds: readonly StopRuleId[];
  readonly short: string;
  readonly long: string;
  /** The latest time at which it may be sent; null: no end. */
  readonly latestAt: Date | null;
}

/**
 * Held interactions `i` with their open holds `h`. It reads the index on what is due, and looks each hold up: holds of notices that
 * were canceled stay open.
 */
const HELD = sql`
  tidings.interactions i
  cross join lateral (select * from tidings.holds o where o.interaction_id = i.id and o.decided_at is null limit 1) h
  where i.origin = 'tidings' and i.status = 'scheduled' and i.scheduled_at_from is null`;

/** Lists up to `limit` notices that wait for a person, those with the nearest latest time first, then the oldest. */
export async function listHeld(
  db: Db,
  filter: InteractionFilter,
  limit: number,
): Promise<HeldNotice[]> {
  const { rows } = await sql<HeldNotice>`
    select i.id as interaction_id, i.channel, i.notification_type_id, i.person_id, h.held_at,
      round(extract(epoch from clock_timestamp() - h.held_at) * 1000)::float8 as held_for_ms, h.rule_ids,
      i.failure_description_short as short, i.failure_description_long as long, i.scheduled_at_to as latest_at
    from ${HELD}
      and ${conditionOf(filter)}
    order by i.scheduled_at_to, h.held_at, i.id
    limit ${limit}
  `.execute(db);
  return rows;
}

/** The notices that wait for a person, for `tidings status`. */
export interface HeldCount {
  readonly interactions: number;
  /** The time that the oldest has waited (ms); null if none waits. */
  readonly oldestMs: number | null;
  /** Those whose latest time is within `soonMs`, or has passed. */
  readonly nearDeadline: number;
}

/** Counts the held notices, and those whose latest time is within `soonMs` or has passed. */
export async function countHeld(db: Db, soonMs: number): Promise<HeldCount> {
  const { rows } = await sql<HeldCount>`
    select count(*)::int as interactions, round(extract(epoch from clock_timestamp() - min(h.held_at)) * 1000)::float8 as oldest_ms,
      (count(*) filter (where i.scheduled_at_to < now() + ${soonMs} * interval '1 millisecond'))::int as near_deadline
    from ${HELD}
  `.execute(db);
  return rows[0] ?? { interactions: 0, oldestMs: null, nearDeadline: 0 };
}

/** Those of the interactions that are held, locked in order of id so that two decisions cannot deadlock. */
const held = (ids: readonly InteractionId[]) => sql`
  select i.id from tidings.interactions i
  where i.id = any(${ids}::bigint[]) and i.origin = 'tidings' and i.status = 'scheduled' and i.scheduled_at_from is null
  order by i.id
  for update`;

/**
 * Releases held notices by the connection's actor: they are due now and are judged again, and the rules that held them do not hold
 * them again. Returns the ids of those that were held.
 */
export async function releaseHeld(
  db: Db,
  ids: readonly InteractionId[],
  reason: string,
): Promise<InteractionId[]> {
  const { rows } = await sql<{ id: InteractionId }>`
    with found as materialized (${held(ids)}),
    decided as (
      update tidings.holds h set decision = 'released', reason = ${reason}
      from found f where h.interaction_id = f.id and h.decided_at is null
    ),
    released as (
      update tidings.interactions i
      set scheduled_at_from = clock_timestamp(), compliance_guard_rule_id = null, failure_description_short = null, failure_description_long = null
      from found f where i.id = f.id
      returning i.id
    ),
    jobs as (
      select tidings.queue_deliveries(array_agg(r.id), now()) from released r
    )
    select r.id, (select count(*) from jobs) as jobs from released r order by r.id
  `.execute(db);
  return rows.map((row) => row.id);
}

/** Refuses held notices by the connection's actor: they fail, with the rule that held them. Returns the ids of those that were held. */
export async function refuseHeld(
  db: Db,
  ids: readonly InteractionId[],
  { operator, reason }: { readonly operator: string; readonly reason: string },
): Promise<InteractionId[]> {
  const { rows } = await sql<{ id: InteractionId }>`
    with found as materialized (${held(ids)}),
    decided as (
      update tidings.holds h set decision = 'refused', reason = ${reason}
      from found f where h.interaction_id = f.id and h.decided_at is null
    ),
    refused as (
      update tidings.interactions i
      set status = 'failed', failure_description_short = 'Refused by operator', failure_description_long = ${reason},
        evidence = ${JSON.stringify({ operator, reason })}::jsonb
      from found f where i.id = f.id
      returning i.id
    )
    select r.id from refused r order by r.id
  `.execute(db);
  return rows.map((row) => row.id);
}

/** A held notice whose latest time is near. */
export interface NearDeadline {
  readonly interactionId: InteractionId;
  readonly latestAt: Date;
}

/** Marks the held notices whose latest time is within `soonMs` as warned of, and returns them. Each is returned once. */
export async function takeNearDeadlines(db: Db, soonMs: number): Promise<NearDeadline[]> {
  const { rows } = await sql<NearDeadline>`
    update tidings.holds h set warned_at = clock_timestamp()
    from tidings.interactions i
    where h.decided_at is null and h.warned_at is null and i.id = h.interaction_id and i.status = 'scheduled'
      and i.scheduled_at_from is null and i.scheduled_at_to < now() + ${soonMs} * interval '1 millisecond'
    returning h.interaction_id, i.scheduled_at_to as latest_at
  `.execute(db);
  return rows;
}
