import { sql } from "kysely";
import type { CaseChangeId, CaseId, InteractionId } from "../../domain/ids.ts";
import type { Db } from "../postgres/db.ts";
import { inJobsOf } from "../queue/interactions-in-jobs.ts";
import type { AuditScope } from "./audited-changes.ts";

/** A scheduled interaction that no job will send. */
export interface JoblessInteraction {
  readonly interactionId: InteractionId;
  readonly caseChangeId: CaseChangeId;
  readonly caseId: CaseId;
  readonly notificationTypeId: number;
  readonly scheduledAtFrom: Date;
}

/** Finds the scheduled interactions of a scope, also those of later attempts, that are in no job. A held one needs none. */
export async function findJoblessInteractions(
  db: Db,
  { from, until, caseId }: AuditScope,
): Promise<JoblessInteraction[]> {
  const { rows } = await sql<JoblessInteraction>`
    with sought as materialized (
      select i.id
      from tidings.interactions i
      join tidings.case_changes c on c.id = i.case_change_id
      where i.origin = 'tidings' and i.status = 'scheduled' and i.scheduled_at_from is not null and c.received_at >= ${from} and c.received_at < ${until}
        and (${caseId}::text is null or c.case_id = ${caseId})
    ),
    in_jobs as (${inJobsOf("deliver_interactions", "infinity")} and exists (select from sought)),
    jobless as (select id from sought except select id from in_jobs)
    select i.id as interaction_id, i.case_change_id, i.case_id, i.notification_type_id, i.scheduled_at_from
    from jobless j
    join tidings.interactions i on i.id = j.id
    where i.status = 'scheduled' and i.scheduled_at_from is not null
    order by i.id
  `.execute(db);
  return rows;
}
