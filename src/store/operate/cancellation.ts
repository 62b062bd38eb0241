import { sql } from "kysely";
import type { InteractionId } from "../../domain/ids.ts";
import type { InteractionStatus, Origin } from "../../domain/vocabulary.ts";
import type { Db } from "../postgres/db.ts";

/** The author and the reason of a withdrawal, as each withdrawn interaction records it. */
export interface Withdrawal {
  /** An operator's name, or a caller of the REST resources as `key:NAME` or `token:NAME`. */
  readonly by: { readonly operator: string } | { readonly reportedBy: string };
  readonly reason: string;
}

/**
 * Cancels those of the interactions that are scheduled, and returns their ids in order. If a daemon claims one at the same moment,
 * the first of the two wins: the interaction is sent or canceled, never both.
 */
export async function cancelScheduled(
  db: Db,
  interactionIds: readonly InteractionId[],
  { by, reason }: Withdrawal,
): Promise<InteractionId[]> {
  const { rows } = await sql<{ id: InteractionId }>`
    with found as materialized (
      -- Rows are locked in order of id, so that two cancellations cannot deadlock.
      select i.id
      from tidings.interactions i
      where i.origin = 'tidings' and i.status = 'scheduled' and i.id = any(${interactionIds}::bigint[])
      order by i.id
      for update
    ),
    canceled as (
      update tidings.interactions i
      set status = 'canceled', failure_description_short = ${"operator" in by ? sql`'Canceled by operator'` : sql`'Canceled by caller'`},
        failure_description_long = ${reason}::text, compliance_guard_rule_id = null,
        evidence = ${JSON.stringify({ ...by, reason })}::jsonb
      from found f
      where i.id = f.id
      returning i.id
    ),
    -- a person has decided about those that were held
    decided as (
      update tidings.holds h set decision = 'refused', reason = coalesce(nullif(${reason}::text, ''), 'canceled')
      from canceled c
      where h.interaction_id = c.id and h.decided_at is null
    )
    select c.id from canceled c order by c.id
  `.execute(db);
  return rows.map((row) => row.id);
}

export interface InteractionState {
  readonly origin: Origin;
  readonly status: InteractionStatus;
  readonly statusDetails: string | null;
}

/** Returns the status of one interaction, or undefined if there is none with this id. */
export async function findInteractionState(
  db: Db,
  interactionId: InteractionId,
): Promise<InteractionState | undefined> {
  return await db
    .selectFrom("interactions")
    .select(["origin", "status", "statusDetails"])
    .where("id", "=", interactionId)
    .executeTakeFirst();
}
