import { sql } from "kysely";
import type { CaseChangeId, ChangeSetId } from "../../domain/ids.ts";
import type { NoticeTerms } from "../../domain/interaction.ts";
import type { ResolutionPlan } from "../../domain/resolve/resolution.ts";
import type { Db } from "../postgres/db.ts";
import { recordset } from "../postgres/recordset.ts";

const RESOLUTION = { verdicts: "jsonb", caseChangeIds: "bigint[]" } as const;
const NOTICE = {
  notificationTypeId: "int",
  notificationTypeVersion: "int",
  templateId: "int",
  templateVersion: "int",
  channel: "text",
  theme: "text",
  subject: "text",
  sensitive: "boolean",
  isTransactional: "boolean",
  status: "text",
  scheduledAtFrom: "timestamptz",
  scheduledAtTo: "timestamptz",
  dueExplanation: "jsonb",
  templateExplanation: "jsonb",
  failureDescriptionShort: "text",
  failureDescriptionLong: "text",
  caseChangeIds: "bigint[]",
} as const;

const COLUMNS = sql`direction, started_at, case_change_id, case_id, person_id, loan_id, loan_ids, supercase_bulk_operation_id,
  notification_type_id, notification_type_version, template_id, template_version, channel, theme, subject, sensitive, is_transactional,
  status, scheduled_at_from, scheduled_at_to, due_explanation, template_explanation, failure_description_short, failure_description_long`;

/** The values of these columns, from the terms `n` and the change `c`. */
const VALUES = sql`'outbound', null, c.id, c.case_id, c.borrower_id,
  case when cardinality(c.loan_ids) = 1 then c.loan_ids[1] end, c.loan_ids, c.supercase_bulk_operation_id,
  n."notificationTypeId", n."notificationTypeVersion", n."templateId", n."templateVersion", n.channel, n.theme, n.subject, n.sensitive, n."isTransactional",
  n.status, n."scheduledAtFrom", n."scheduledAtTo", n."dueExplanation", n."templateExplanation", n."failureDescriptionShort", n."failureDescriptionLong"`;

/**
 * Writes the resolutions of a set, the planned interactions and the delivery jobs, and deletes the sets from the queue,
 * in one statement. A change that has a resolution keeps it and plans nothing again. Returns the number of new
 * interactions.
 */
export async function recordResolutions(
  transaction: Db,
  { resolutions, notices }: ResolutionPlan,
  setIds: readonly ChangeSetId[],
): Promise<number> {
  const { rows } = await sql<{ planned: number }>`
    with resolved as (
      insert into tidings.resolutions (case_change_id, resolved_by, verdicts)
      select id, m.by, r.verdicts
      from ${recordset("r", RESOLUTION, resolutions)}
      cross join lateral unnest(r."caseChangeIds") as id
      -- once, and not for each row as the column's default
      cross join tidings.moved_by() as m(by)
      order by id
      on conflict do nothing
      returning case_change_id
    ),
    added as (
      insert into tidings.interactions (origin, created_by, ${COLUMNS})
      select 'tidings', '{"id": "tidings", "name": "Tidings"}', ${VALUES}
      from ${recordset("n", NOTICE, notices)}
      cross join lateral unnest(n."caseChangeIds") as fired(by)
      join resolved r on r.case_change_id = fired.by
      -- limited to one, so that it is looked up, though the planner does not know a bulk that was just taken in
      cross join lateral (select * from tidings.case_changes l where l.id = fired.by limit 1) c
      order by c.id, n."notificationTypeId"
      on conflict (case_change_id, notification_type_id) where origin = 'tidings' and previous_interaction_id is null do nothing
      returning id, status
    ),
    jobs as (
      select tidings.queue_deliveries(array_agg(a.id)) from added a where a.status = 'scheduled'
    ),
    done as (delete from tidings.resolve_queue q where q.id = any(${setIds}::bigint[]))
    select (select count(*) from added)::int as planned, (select count(*) from jobs)
  `.execute(transaction);
  return rows[0]?.planned ?? 0;
}

/** A missing notice that is planned again, with the author of the order and the evidence. */
export interface MissingNotice extends NoticeTerms {
  readonly caseChangeId: CaseChangeId;
  readonly createdBy: { readonly id: string; readonly name: string };
  readonly evidence: object;
}

/** A notice that a change fired, by its notification type. */
export interface PlannedNotice {
  readonly caseChangeId: CaseChangeId;
  readonly notificationTypeId: number;
}

const AUTHORED = {
  caseChangeId: "bigint",
  notificationTypeId: "int",
  createdBy: "jsonb",
  evidence: "jsonb",
} as const;

/** Plans notices again and queues them, each in a new interaction. One that is on record is left out. Returns those that are planned. */
export async function planMissing(
  transaction: Db,
  notices: readonly MissingNotice[],
): Promise<PlannedNotice[]> {
  if (notices.length === 0) return [];
  const terms = notices.map((notice) => ({ ...notice, caseChangeIds: [notice.caseChangeId] }));
  const { rows } = await sql<PlannedNotice>`
    with added as (
      insert into tidings.interactions (origin, created_by, evidence, ${COLUMNS})
      select 'tidings', o."createdBy", o.evidence, ${VALUES}
      from ${recordset("n", NOTICE, terms)}
      join ${recordset("o", AUTHORED, notices)} on o."caseChangeId" = n."caseChangeIds"[1] and o."notificationTypeId" = n."notificationTypeId"
      cross join lateral (select * from tidings.case_changes l where l.id = o."caseChangeId" limit 1) c
      order by c.id, n."notificationTypeId"
      on conflict (case_change_id, notification_type_id) where origin = 'tidings' and previous_interaction_id is null do nothing
      returning id, status, case_change_id, notification_type_id
    ),
    jobs as (
      select tidings.queue_deliveries(array_agg(a.id)) from added a where a.status = 'scheduled'
    )
    select a.case_change_id, a.notification_type_id, (select count(*) from jobs) as jobs from added a
  `.execute(transaction);
  return rows;
}
