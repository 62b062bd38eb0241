import { sql, type RawBuilder } from "kysely";
import type { JobName } from "../../domain/jobs.ts";

/**
 * The interactions in the jobs of one task that the queue will run soon, each with what its job says of them. A job does
 * not count that the queue has abandoned, that belongs to a named queue, which Tidings does not use, or that runs much later
 * than `dueBefore`. A malformed payload must not stop the sweep. A running job is locked; maintenance unlocks abandoned ones.
 */
export const inJobsOf = (task: JobName, dueBefore: Date | "infinity"): RawBuilder<unknown> => sql`
  select case when e.id ~ '^[0-9]{1,18}$' then e.id::bigint end as id, j.payload->>'channel' as channel,
    j.payload->>'timesLookedUp' as times_looked_up, j.payload->>'lane' as lane
  from tidings_queue._private_jobs j
  join tidings_queue._private_tasks t on t.id = j.task_id
  cross join lateral json_array_elements_text(
    case when json_typeof(j.payload->'interactionIds') = 'array' then j.payload->'interactionIds' else '[]' end) as e(id)
  where t.identifier = ${task} and j.job_queue_id is null and (j.locked_at is not null
    or j.attempts < j.max_attempts and j.run_at <= ${dueBefore}::timestamptz + interval '1 hour'
      -- the queue's wait after a failure: exp(10) seconds at most
      + exp(greatest(least(j.attempts, 10), 0)) * interval '1 second')`;
