import { sql } from "kysely";
import type { InteractionId } from "../../domain/ids.ts";
import type { Db } from "../postgres/db.ts";
import { recordset } from "../postgres/recordset.ts";

/** An accepted text that is looked up at its provider. */
export interface Poll {
  readonly interactionId: InteractionId;
  readonly messageId: string;
  readonly acceptedAt: Date;
  /** The number of earlier lookups. */
  readonly polls: number;
}

/**
 * Notes texts that were accepted and are not looked up yet, and drops those that need no more lookups: they are final, or too
 * old.
 */
export async function refreshPolls(
  db: Db,
  acceptedAfter: Date,
  firstWaitMs: number,
): Promise<void> {
  await sql`
    delete from tidings.receipt_polls p
    where not exists (
      select from tidings.interactions i where i.id = p.interaction_id and tidings.awaits_receipt(i.status, i.status_details)
    )
  `.execute(db);
  await sql`
    insert into tidings.receipt_polls (interaction_id, poll_at)
    select i.id, i.status_details_updated_at + ${firstWaitMs} * interval '1 millisecond'
    from (
      select a.id, a.status_details_updated_at, a.provider_message_id
      from tidings.interactions a
      where a.origin = 'tidings' and a.channel = 'text' and tidings.awaits_receipt(a.status, a.status_details)
        and a.status_details_updated_at > ${acceptedAfter}
      -- read by the index of what awaits a receipt, and not by that of all texts, whatever the planner knows
      offset 0
    ) i
    where i.provider_message_id is not null
      and not exists (select from tidings.receipt_polls p where p.interaction_id = i.id)
    on conflict do nothing
  `.execute(db);
}

/** Leases up to `most` texts that are due, so that no other daemon asks about them for `leaseMs`. */
export async function leasePolls(db: Db, most: number, leaseMs: number): Promise<Poll[]> {
  const { rows } = await sql<Poll>`
    with leased as (
      update tidings.receipt_polls p
      set poll_at = clock_timestamp() + ${leaseMs} * interval '1 millisecond'
      where p.interaction_id in (
        select d.interaction_id from tidings.receipt_polls d
        where d.poll_at <= clock_timestamp()
        order by d.poll_at
        limit ${most}
        for update skip locked
      )
      returning p.interaction_id, p.polls
    )
    select l.interaction_id, i.provider_message_id as message_id, coalesce(i.ended_at, i.status_updated_at) as accepted_at, l.polls
    from leased l
    -- limited to one, so that it is looked up: a plan that was made for a small table would read all of a large one
    cross join lateral (
      select o.provider_message_id, o.ended_at, o.status_updated_at from tidings.interactions o where o.id = l.interaction_id limit 1
    ) i
    where i.provider_message_id is not null
    order by l.interaction_id
  `.execute(db);
  return rows;
}

/** The wait before the next lookup of a text (ms). */
export interface NextPoll {
  readonly interactionId: InteractionId;
  readonly waitMs: number;
}

/** Ends the lease of texts that were asked about. */
export async function schedulePolls(db: Db, next: readonly NextPoll[]): Promise<void> {
  if (next.length === 0) return;
  await sql`
    update tidings.receipt_polls p
    set polls = p.polls + 1, poll_at = clock_timestamp() + n."waitMs" * interval '1 millisecond'
    from ${recordset("n", { interactionId: "bigint", waitMs: "int" }, next)}
    where p.interaction_id = n."interactionId"
  `.execute(db);
}
