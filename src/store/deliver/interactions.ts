import { sql } from "kysely";
import type { Claim, PlannedInteraction, Withheld } from "../../domain/interaction.ts";
import { asRows, type Db } from "../postgres/db.ts";

/**
 * Writes the planned interactions and queues the delivery of those that are scheduled, in one statement.
 * What was planned before, by an earlier run of the same job, is left as it is. Returns how many are new.
 *
 * The commit does not wait for the disk: a crash that loses it loses all that came after it too, which is the end of the
 * job that planned, and every claim of what was planned. The job runs again.
 */
export async function planInteractions(
  db: Db,
  planned: readonly PlannedInteraction[],
): Promise<number> {
  const { rows } = await sql<{ planned: number }>`
    with added as (
      insert into tidings.interactions
        (origin, created_by, direction, started_at, case_change_id, case_id, person_id, loan_id, loan_ids, supercase_bulk_operation_id,
         notification_type_id, notification_type_version, template_id, template_version, channel, theme, subject, sensitive,
         status, scheduled_at_from, scheduled_at_to, due_explanation, failure_description_short, failure_description_long)
      select 'tidings', '{"id": "tidings", "name": "Tidings"}', 'outbound', null, c.id, c.case_id, c.borrower_id,
        case when cardinality(c.loan_ids) = 1 then c.loan_ids[1] end, c.loan_ids, c.supercase_bulk_operation_id,
        n."notificationTypeId", n."notificationTypeVersion", n."templateId", n."templateVersion", n.channel, n.theme, n.subject, n.sensitive,
        n.status, n."scheduledAtFrom", n."scheduledAtTo", n."dueExplanation", n."failureDescriptionShort", n."failureDescriptionLong"
      from json_to_recordset(${asRows(shareNotices(planned))}) as n(
        "notificationTypeId" int, "notificationTypeVersion" int, "templateId" int, "templateVersion" int, channel text, theme text, subject text,
        sensitive boolean, status text, "scheduledAtFrom" timestamptz, "scheduledAtTo" timestamptz, "dueExplanation" jsonb,
        "failureDescriptionShort" text, "failureDescriptionLong" text, "caseChangeIds" bigint[])
      cross join lateral unnest(n."caseChangeIds") as fired(by)
      -- limited to one, so that it is looked up, though a bulk just taken in is unknown to the planner
      cross join lateral (select * from tidings.case_changes l where l.id = fired.by limit 1) c
      order by c.id, n."notificationTypeId"
      on conflict (case_change_id, notification_type_id) where origin = 'tidings' and previous_interaction_id is null do nothing
      returning id, status
    ),
    jobs as (
      select tidings.queue_deliveries(array_agg(a.id)) from added a where a.status = 'scheduled'
    )
    select (select count(*) from added)::int as planned, (select count(*) from jobs), set_config('synchronous_commit', 'off', true)
  `.execute(db);
  return rows[0]?.planned ?? 0;
}

/** What many changes of a bulk have in common is sent once; what the rows of the changes say already is not sent at all. */
const shareNotices = (planned: readonly PlannedInteraction[]): object[] =>
  [...Map.groupBy(planned, (one) => one.notice)].map(([notice, firing]) => ({
    ...notice,
    caseChangeIds: firing.map((one) => one.caseChangeId),
  }));

/**
 * Claims what is still scheduled, in the name of one worker, and keeps what is about to be said to whom.
 * Returns the ids that were won; whoever lost one must not send it.
 */
export async function claimInteractions(
  db: Db,
  workerId: string,
  claims: readonly Claim[],
  now: Date,
): Promise<Set<string>> {
  const { rows } = await sql<{ id: string }>`
    update tidings.interactions i
    set status = 'inProgress', status_details = null, claimed_by = ${workerId}, claimed_at = ${now}, started_at = ${now}, claims = i.claims + 1,
      contact_id = c."contactId", contact = c.contact, borrower = c.borrower, content = c.content, segments = c.segments, provider = c.provider,
      -- why it waited before is on its transitions
      compliance_guard_rule_id = null, failure_description_short = null, failure_description_long = null
    from json_to_recordset(${asRows(claims)}) as c(
      "interactionId" bigint, "contactId" text, contact jsonb, borrower jsonb, content jsonb, segments int, provider text)
    where i.id = c."interactionId" and i.status = 'scheduled'
    returning i.id
  `.execute(db);
  return new Set(rows.map((row) => row.id));
}

/** Writes down what judging and rendering held back, and queues again what only has to wait. */
export async function withholdInteractions(db: Db, withheld: readonly Withheld[]): Promise<void> {
  if (withheld.length === 0) return;
  await sql`
    with moved as (
      update tidings.interactions i
      set status = w.status, compliance_guard_rule_id = w."ruleId", scheduled_at_from = coalesce(w.until, i.scheduled_at_from),
        failure_description_short = w.short, failure_description_long = w.long
      from json_to_recordset(${asRows(withheld)}) as w(
        "interactionId" bigint, status text, "ruleId" text, short text, long text, until timestamptz)
      where i.id = w."interactionId" and i.status = 'scheduled'
      returning i.id, w.until
    )
    select tidings.queue_deliveries(array_agg(m.id)) from moved m where m.until is not null
  `.execute(db);
}
