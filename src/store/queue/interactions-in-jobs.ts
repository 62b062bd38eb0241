import { sql, type RawBuilder } from "kysely";
import type { JobName } from "../../domain/jobs.ts";

/** The interactions in the jobs of one task that the queue will run soon: `tidings.interactions_in_jobs` has the rule. */
export const inJobsOf = (task: JobName, dueBefore: Date | "infinity"): RawBuilder<unknown> => sql`
  select q.id, q.channel, q.times_looked_up, q.lane
  from tidings.interactions_in_jobs(${task}, ${dueBefore}::timestamptz) q
  where true`;
