import { sql } from "kysely";
import type { InteractionId } from "../../domain/ids.ts";
import type { Db } from "../postgres/db.ts";
import { recordset } from "../postgres/recordset.ts";
import { NEXT_COLUMNS, NEXT_VALUES } from "./next-attempt-columns.ts";

/** The attempt that follows an interaction, and its time. */
export interface NextAttempt {
  readonly interactionId: InteractionId;
  readonly dueAt: Date;
}

/**
 * Plans the next attempt of chains whose last one failed or has an unknown outcome: a new interaction for the same
 * borrower, case change, notification type and template version, with the next attempt number and a job. An operator's attempt
 * has the operator's name. Returns the new ids. An interaction in another status, one that already has a next
 * attempt, and one that was sent by an earlier attempt or by an amendment get none.
 */
export async function planNextAttempts(
  db: Db,
  next: readonly NextAttempt[],
): Promise<InteractionId[]> {
  if (next.length === 0) return [];
  if (db.isTransaction) return await planAfterLocking(db, next);
  return await db.transaction().execute((transaction) => planAfterLocking(transaction, next));
}

/**
 * Takes the locks in a separate statement. An amendment locks its interaction and does not change it, so a statement that waits for that
 * lock continues with the rows that it saw before. It would plan a notice that was amended to sent.
 */
async function planAfterLocking(
  transaction: Db,
  next: readonly NextAttempt[],
): Promise<InteractionId[]> {
  await sql`
    select from tidings.interactions i
    where i.id = any(${next.map((one) => one.interactionId)}::bigint[]) and i.origin = 'tidings'
    order by i.id for update
  `.execute(transaction);
  return await plan(transaction, next);
}

async function plan(db: Db, next: readonly NextAttempt[]): Promise<InteractionId[]> {
  const { rows } = await sql<{ id: InteractionId }>`
    with ended as materialized (
      -- Locked, so that a settlement cannot schedule the same notice meanwhile; a row that has moved on is left out.
      select i.* from tidings.interactions i
      where i.id = any(${next.map((one) => one.interactionId)}::bigint[]) and i.origin = 'tidings'
        and (i.status = 'failed' or tidings.is_outcome_unknown(i.status, i.status_details))
        and not tidings.was_sent_before(i.first_interaction_id, i.attempt) and not tidings.was_amended_to_sent(i.id)
      order by i.id for update
    ),
    added as (
      insert into tidings.interactions
        (${NEXT_COLUMNS}, channel, sensitive, template_id, template_version, template_explanation, scheduled_at_from, scheduled_at_to)
      select ${NEXT_VALUES}, i.channel, i.sensitive, i.template_id, i.template_version, i.template_explanation, n."dueAt",
        -- an operator who sends it again has decided that it is not too late
        case when m.by like 'operator:%' then greatest(i.scheduled_at_to, n."dueAt" + interval '24 hours') else i.scheduled_at_to end
      from ${recordset("n", { interactionId: "bigint", dueAt: "timestamptz" }, next)}
      cross join tidings.moved_by() as m(by)
      join ended i on i.id = n."interactionId"
      on conflict (previous_interaction_id) where origin = 'tidings' and previous_interaction_id is not null do nothing
      returning id, previous_interaction_id
    ),
    followed as (
      update tidings.interactions i
      set settle_at = null
      from added a
      where i.id = a.previous_interaction_id and i.settle_at is not null
    ),
    jobs as (
      select tidings.queue_deliveries(array_agg(a.id)) from added a
    )
    select a.id, (select count(*) from jobs) as jobs from added a
  `.execute(db);
  return rows.map((row) => row.id);
}
