import { sql, type RawBuilder } from "kysely";
import type { InteractionId } from "../../domain/ids.ts";
import type { InteractionStatus, Origin } from "../../domain/vocabulary.ts";
import type { Db } from "../postgres/db.ts";

/** The scope of a cancellation: one interaction, or all scheduled interactions of a case or a notification type. */
export type CancellationScope =
  | { readonly kind: "interaction"; readonly id: InteractionId }
  | { readonly kind: "case"; readonly id: string }
  | { readonly kind: "type"; readonly id: number };

/** The author and the reason of a withdrawal, as each withdrawn interaction records it. */
export interface Withdrawal {
  /** An operator's name, or a caller of the REST resources as `key:NAME` or `token:NAME`. */
  readonly by: { readonly operator: string } | { readonly reportedBy: string };
  readonly reason: string;
}

/** The interactions `i` of a scope. */
function within({ kind, id }: CancellationScope): RawBuilder<boolean> {
  if (kind === "interaction") return sql<boolean>`i.id = ${id}::bigint`;
  if (kind === "case") return sql<boolean>`i.case_id = ${id}`;
  return sql<boolean>`i.notification_type_id = ${id}::int`;
}

/**
 * Cancels the scheduled interactions in the scope and returns their ids in order. If a daemon claims one at the same moment,
 * the first of the two wins: the interaction is sent or canceled, never both.
 */
export async function cancelScheduled(
  db: Db,
  scope: CancellationScope,
  { by, reason }: Withdrawal,
): Promise<InteractionId[]> {
  const { rows } = await sql<{ id: InteractionId }>`
    with found as materialized (
      -- Rows are locked in order of id, so that two cancellations cannot deadlock.
      select i.id
      from tidings.interactions i
      where i.origin = 'tidings' and i.status = 'scheduled' and ${within(scope)}
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
    )
    select c.id from canceled c order by c.id
  `.execute(db);
  return rows.map((row) => row.id);
}

/** Returns the interactions of the scope that are in progress with a provider. */
export async function listInProgress(db: Db, scope: CancellationScope): Promise<InteractionId[]> {
  const { rows } = await sql<{ id: InteractionId }>`
    select i.id
    from tidings.interactions i
    where i.origin = 'tidings' and i.status = 'inProgress' and ${within(scope)}
    order by i.id
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
  const { rows } = await sql<InteractionState>`
    select i.origin, i.status, i.status_details from tidings.interactions i where i.id = ${interactionId}::bigint
  `.execute(db);
  return rows[0];
}
