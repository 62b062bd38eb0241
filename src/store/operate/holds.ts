import { sql } from "kysely";
import type { BorrowerId, CaseId, InteractionId } from "../../domain/ids.ts";
import type { Channel } from "../../domain/vocabulary.ts";
import { conditionOf, type InteractionFilter } from "../api/interaction-filter.ts";
import type { Db } from "../postgres/db.ts";

/** A notice that waits for the decision of a person. It holds ids and no personal data. */
export interface HeldNotice {
  readonly interactionId: InteractionId;
  readonly channel: Channel;
  readonly notificationTypeId: number;
  readonly caseId: CaseId;
  readonly borrowerId: BorrowerId;
  readonly heldAt: Date;
  readonly heldForMs: number;
  /** Every rule that held it; the first one decided. */
  readonly ruleIds: readonly string[];
  readonly short: string | null;
  readonly long: string | null;
  /** The latest time at which it may be sent; null: no end. */
  readonly latestAt: Date | null;
}

/** Lists held notices, those whose latest time comes first before the others. */
export async function listHeld(
  db: Db,
  filter: InteractionFilter,
  limit: number,
): Promise<HeldNotice[]> {
  const { rows } = await sql<HeldNotice>`
    select i.id as interaction_id, i.channel, i.notification_type_id, i.case_id, i.person_id as borrower_id, h.held_at,
      (extract(epoch from clock_timestamp() - h.held_at) * 1000)::float8 as held_for_ms, h.rule_ids,
      i.failure_description_short as short, i.failure_description_long as long, i.scheduled_at_to as latest_at
    from tidings.holds h
    join tidings.interactions i on i.id = h.interaction_id
    where h.decided_at is null and i.status = 'scheduled' and ${conditionOf(filter)}
    order by i.scheduled_at_to nulls last, i.id
    limit ${limit}
  `.execute(db);
  return rows;
}

/** The held notices together. */
export interface HeldCount {
  readonly interactions: number;
  readonly oldestMs: number;
  /** The first latest time of one of them; null if none has one. */
  readonly firstLatestAt: Date | null;
  /** Those whose latest time has passed: they will fail when they are released. */
  readonly tooLate: number;
}

export async function countHeld(db: Db): Promise<HeldCount> {
  const { rows } = await sql<HeldCount>`
    select count(*)::int as interactions,
      coalesce((extract(epoch from clock_timestamp() - min(h.held_at)) * 1000)::float8, 0) as oldest_ms,
      min(i.scheduled_at_to) as first_latest_at, (count(*) filter (where i.scheduled_at_to < now()))::int as too_late
    from tidings.holds h
    join tidings.interactions i on i.id = h.interaction_id
    where h.decided_at is null and i.status = 'scheduled'
  `.execute(db);
  return rows[0] ?? { interactions: 0, oldestMs: 0, firstLatestAt: null, tooLate: 0 };
}

/**
 * Releases those of the interactions that are held: they are due now, and are judged without the holds of the rules that held them.
 * Returns their ids in order. The database role must be an operator's.
 */
export async function releaseHeld(
  db: Db,
  interactionIds: readonly InteractionId[],
  reason: string,
): Promise<InteractionId[]> {
  const { rows } = await sql<{ id: InteractionId }>`
    with found as materialized (
      -- Rows are locked in order of id, so that two decisions cannot deadlock.
      select i.id
      from tidings.interactions i
      where i.id = any(${interactionIds}::bigint[]) and i.origin = 'tidings' and i.status = 'scheduled' and i.scheduled_at_from is null
      order by i.id
      for update
    ),
    decided as (
      update tidings.holds h set decision = 'released', reason = ${reason}
      from found f
      where h.interaction_id = f.id and h.decided_at is null
      returning h.interaction_id as id
    ),
    released as (
      update tidings.interactions i
      set scheduled_at_from = clock_timestamp(), compliance_guard_rule_id = null, failure_description_short = null,
        failure_description_long = null
      from decided d
      where i.id = d.id
      returning i.id
    ),
    jobs as (
      select tidings.queue_deliveries(array_agg(r.id)) from released r
    )
    select r.id, (select count(*) from jobs) as jobs from released r order by r.id
  `.execute(db);
  return rows.map((row) => row.id);
}

/** A held notice whose latest time is near. */
export interface NearDeadline {
  readonly interactionId: InteractionId;
  readonly latestAt: Date;
  readonly ruleId: string;
}

/** Marks the holds whose latest time is less than `withinHours` away, and returns those that were not marked before. */
export async function warnOfDeadlines(db: Db, withinHours: number): Promise<NearDeadline[]> {
  const { rows } = await sql<NearDeadline>`
    update tidings.holds h set warned_at = clock_timestamp()
    from tidings.interactions i
    where i.id = h.interaction_id and i.status = 'scheduled' and h.decided_at is null and h.warned_at is null
      and i.scheduled_at_to < now() + make_interval(hours => ${withinHours})
    returning h.interaction_id, i.scheduled_at_to as latest_at, h.rule_ids[1] as rule_id
  `.execute(db);
  return rows;
}
