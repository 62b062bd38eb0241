import { sql } from "kysely";
import type { CaseChangeId, ContactId, InteractionId } from "../../domain/ids.ts";
import type { Db } from "../postgres/db.ts";

/** One interaction with its case change. A change that fired nothing has one row with nulls. */
export interface OverviewRow {
  readonly caseChange: string;
  readonly caseChangeId: CaseChangeId;
  readonly interactionId: InteractionId | null;
  readonly notificationType: string | null;
  readonly channel: string | null;
  readonly contactId: ContactId | null;
  readonly status: string | null;
  readonly statusDetails: string | null;
  readonly attempt: number | null;
  readonly why: string | null;
  /** The time of the attempt, or the due time. */
  readonly at: Date | null;
}

/** Returns every case change with its interactions, in order of arrival. */
export async function listOutcomes(db: Db): Promise<OverviewRow[]> {
  const { rows } = await sql<OverviewRow>`
    select coalesce(c.external_id, c.id::text) as case_change, c.id as case_change_id, i.id as interaction_id, t.name as notification_type, i.channel, i.contact_id, i.status,
      i.status_details, i.attempt, i.failure_description_short as why,
      case i.status when 'scheduled' then i.scheduled_at_from else coalesce(i.started_at, i.status_updated_at) end as at
    from tidings.case_changes c
    left join tidings.interactions i on i.case_change_id = c.id
    left join tidings.notification_types t on t.id = i.notification_type_id and t.version = i.notification_type_version
    order by c.id, i.notification_type_id, i.attempt
  `.execute(db);
  return rows;
}

/** The results of the replies. */
export interface ReplyOutcome {
  /** Numbers and addresses that a reply has opted out. */
  readonly optOuts: number;
  /** Confirmations of opt-outs that were delivered. */
  readonly confirmed: number;
}

/** Counts the results of the replies. */
export async function countReplyOutcomes(db: Db): Promise<ReplyOutcome> {
  const { rows } = await sql<ReplyOutcome>`
    select (select count(*)::int from tidings.consent_records where source = 'reply' and change = 'optOut') as opt_outs,
      (select count(*)::int from tidings.interactions where reply_id is not null and status = 'succeeded') as confirmed
  `.execute(db);
  return rows[0] ?? { optOuts: 0, confirmed: 0 };
}

/** Counts the work before `until`: jobs, sets of unresolved changes, and interactions that are with a provider. */
export async function countUnfinished(db: Db, until: Date): Promise<number> {
  const { rows } = await sql<{ unfinished: number }>`
    select (select count(*) from tidings_queue.jobs where run_at <= ${until})::int
      + (select count(*) from tidings.resolve_queue where run_at <= ${until})::int
      + (select count(*) from tidings.interactions where origin = 'tidings' and status = 'inProgress')::int as unfinished
  `.execute(db);
  return rows[0]?.unfinished ?? 0;
}

/** Returns the time from arrival to the provider call (ms) of each change since `since`. */
export async function listLatencies(db: Db, since: Date): Promise<number[]> {
  const { rows } = await sql<{ ms: number }>`
    select (extract(epoch from i.started_at - c.received_at) * 1000)::float8 as ms
    from tidings.interactions i
    join tidings.case_changes c on c.id = i.case_change_id
    where i.status = 'attempted' and i.attempt = 1 and c.received_at >= ${since}
    order by i.id
  `.execute(db);
  return rows.map((row) => row.ms);
}
