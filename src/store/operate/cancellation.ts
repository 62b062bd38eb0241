import { sql, type RawBuilder } from "kysely";
import type { InteractionStatus, Origin } from "../../domain/vocabulary.ts";
import type { Db } from "../postgres/db.ts";

/** The scope of a cancellation: one interaction, or all scheduled interactions of a case or a notification type. */
export interface Scope {
  readonly kind: "interaction" | "case" | "type";
  readonly id: string;
}

/** Recorded with every interaction that is withdrawn. */
export interface Withdrawal {
  readonly operator: string;
  readonly reason: string;
}

const WITHIN: Readonly<Record<Scope["kind"], (id: string) => RawBuilder<boolean>>> = {
  interaction: (id) => sql<boolean>`i.id = ${id}::bigint`,
  case: (id) => sql<boolean>`i.case_id = ${id}`,
  type: (id) => sql<boolean>`i.notification_type_id = ${id}::int`,
};

/**
 * Cancels the scheduled interactions in the scope and returns their ids in order. If a daemon claims one at the same moment,
 * the first of the two wins: the interaction is sent or canceled, never both.
 */
export async function cancelScheduled(
  db: Db,
  { kind, id }: Scope,
  { operator, reason }: Withdrawal,
): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    with found as materialized (
      -- Rows are locked in order of id, so that two cancellations cannot deadlock.
      select i.id
      from tidings.interactions i
      where i.origin = 'tidings' and i.status = 'scheduled' and ${WITHIN[kind](id)}
      order by i.id
      for update
    ),
    canceled as (
      update tidings.interactions i
      set status = 'canceled', failure_description_short = 'Canceled by operator', failure_description_long = ${reason}::text,
        evidence = jsonb_build_object('operator', ${operator}::text, 'reason', ${reason}::text)
      from found f
      where i.id = f.id
      returning i.id
    )
    select c.id from canceled c order by c.id
  `.execute(db);
  return rows.map((row) => row.id);
}

/** Returns the interactions of the scope that are in progress with a provider. */
export async function listInProgress(db: Db, { kind, id }: Scope): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select i.id
    from tidings.interactions i
    where i.origin = 'tidings' and i.status = 'inProgress' and ${WITHIN[kind](id)}
    order by i.id
  `.execute(db);
  return rows.map((row) => row.id);
}

export interface Standing {
  readonly origin: Origin;
  readonly status: InteractionStatus;
  readonly statusDetails: string | null;
}

/** Returns the status of one interaction, or undefined if there is none with this id. */
export async function findStanding(db: Db, interactionId: string): Promise<Standing | undefined> {
  const { rows } = await sql<Standing>`
    select i.origin, i.status, i.status_details from tidings.interactions i where i.id = ${interactionId}::bigint
  `.execute(db);
  return rows[0];
}
