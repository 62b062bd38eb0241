import { sql } from "kysely";
import type { InteractionId } from "../../domain/ids.ts";
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
          (origin, created_by, direction, started_at, channel, person_id, loan_id, loan_ids, subject, theme, sensitive, is_transactional, status,
           scheduled_at_from, scheduled_at_to, previous_interaction_id, first_interaction_id, attempt, supercase_bulk_operation_id,
           case_id, case_change_id, reply_id, notification_type_id, notification_type_version, template_id, template_version,
           template_explanation, due_explanation, evidence)
        select c.origin, jsonb_build_object('id', m.by, 'name', m.by), c.direction, null, c.channel, c.person_id, c.loan_id, c.loan_ids,
          c.subject, c.theme, c.sensitive, c.is_transactional, 'scheduled',
          greatest(coalesce(c.first_due_at, c.scheduled_at_from), clock_timestamp()), c.scheduled_at_to, c.id,
          coalesce(c.first_interaction_id, c.id), c.attempt + 1, c.supercase_bulk_operation_id, c.case_id, c.case_change_id, c.reply_id,
          c.notification_type_id, c.notification_type_version, c.template_id, c.template_version, c.template_explanation,
          c.due_explanation, jsonb_build_object('operator', ${operator}::text, 'reason', ${reason}::text, 'reinstates', c.id::text)
        from tidings.interactions c
        cross join tidings.moved_by() as m(by)
        where c.id = any(${interactionIds}::bigint[]) and tidings.may_be_reinstated(c.id)
        order by c.id
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
