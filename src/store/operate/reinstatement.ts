import { sql } from "kysely";
import type { InteractionId } from "../../domain/ids.ts";
import { NEXT_COLUMNS, NEXT_VALUES } from "../deliver/next-attempt-columns.ts";
import type { Db } from "../postgres/db.ts";

/** The author and the reason of a reinstatement, as the new attempt records them. */
export interface Reinstatement {
  readonly operator: string;
  readonly reason: string;
}

/**
 * Schedules again what an operator has canceled, as the next attempt of its chain: due when the canceled one was due, or now if
 * that time has passed. The latest time stays. Returns the new ids. An interaction that may not be reinstated
 * (`tidings.may_be_reinstated`), and one that another attempt has followed, get none. It locks the chains, so it needs a transaction.
 */
export async function reinstateCanceled(
  transaction: Db,
  interactionIds: readonly InteractionId[],
  { operator, reason }: Reinstatement,
): Promise<InteractionId[]> {
  await lockChains(transaction, interactionIds);
  // a new statement, which sees what others have committed before the lock
  const { rows } = await sql<{ id: InteractionId }>`
      with added as (
        insert into tidings.interactions
          (${NEXT_COLUMNS}, channel, sensitive, template_id, template_version, template_explanation, scheduled_at_from, scheduled_at_to, evidence)
        select ${NEXT_VALUES}, i.channel, i.sensitive, i.template_id, i.template_version, i.template_explanation,
          greatest(coalesce(i.first_due_at, i.scheduled_at_from), clock_timestamp()), i.scheduled_at_to,
          jsonb_build_object('operator', ${operator}::text, 'reason', ${reason}::text, 'reinstates', i.id::text)
        from tidings.interactions i
        cross join tidings.moved_by() as m(by)
        where i.id = any(${interactionIds}::bigint[]) and tidings.may_be_reinstated(i.id)
        order by i.id
        on conflict (previous_interaction_id) where origin = 'tidings' and previous_interaction_id is not null do nothing
        returning id
      ),
      jobs as (
        select tidings.queue_deliveries(array_agg(a.id)) from added a
      )
      select a.id, (select count(*) from jobs) as jobs from added a order by a.id
    `.execute(transaction);
  return rows.map((row) => row.id);
}

/** In order of id, as a settlement locks an earlier attempt before a later one. */
async function lockChains(
  transaction: Db,
  interactionIds: readonly InteractionId[],
): Promise<void> {
  await sql<{ id: InteractionId }>`
    select i.id
    from unnest(array(
      select coalesce(c.first_interaction_id, c.id)
      from tidings.interactions c
      where c.id = any(${interactionIds}::bigint[]) and c.origin = 'tidings' and c.status = 'canceled'
    )) as chain(id)
    join tidings.interactions i on i.id = chain.id or i.first_interaction_id = chain.id
    order by i.id
    for no key update of i
  `.execute(transaction);
}
