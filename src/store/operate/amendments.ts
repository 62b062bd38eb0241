import { sql } from "kysely";
import type { ChainAmendment } from "../../domain/deliver/chain.ts";
import type { InteractionId } from "../../domain/ids.ts";
import type { AmendmentKind } from "../../domain/vocabulary.ts";
import type { Db } from "../postgres/db.ts";

/** A correction of the outcome of an interaction. */
export interface NewAmendment {
  readonly interactionId: InteractionId;
  readonly kind: AmendmentKind;
  /** The correct status. */
  readonly status: "attempted" | "succeeded" | "failed";
  readonly reason: string;
  readonly evidence: string;
  readonly happenedAt: Date | null;
}

/**
 * Adds an amendment in the name of the session and returns its id. The details follow from the channel and the status. The database
 * refuses it by the name of a constraint, if there is nothing that it could correct. Undefined if there is no such interaction.
 */
export async function insertAmendment(
  db: Db,
  { interactionId, kind, status, reason, evidence, happenedAt }: NewAmendment,
): Promise<string | undefined> {
  const { rows } = await sql<{ id: string }>`
    insert into tidings.amendments (interaction_id, kind, transition_id, status, status_details, reason, evidence, happened_at)
    select i.id, ${kind}, 0, ${status},
      i.channel || case ${status}::text when 'attempted' then 'Sent' when 'succeeded' then 'Delivered' else 'Failed' end,
      ${reason}, ${evidence}, ${happenedAt}
    from tidings.interactions i
    where i.id = ${interactionId}::bigint
    returning id
  `.execute(db);
  return rows[0]?.id;
}

/** The amendments of interactions, in the order in which they were made. */
export async function listAmendments(
  db: Db,
  interactionIds: readonly InteractionId[],
): Promise<ChainAmendment[]> {
  const { rows } = await sql<ChainAmendment>`
    select a.interaction_id, a.kind, a.status, a.status_details, a.reason, a.evidence, a.happened_at, a.amended_at, a.amended_by,
      exists (select from tidings.amended_statuses s where s.amendment_id = a.id) as is_in_force
    from tidings.amendments a
    where a.interaction_id = any(${interactionIds}::bigint[])
    order by a.id
  `.execute(db);
  return rows;
}
