import { sql } from "kysely";
import type { JobName, Jobs } from "../../domain/jobs.ts";
import type { Db } from "../postgres/db.ts";

/** Queues one job; in a transaction it comes to be with the rows it belongs to, or not at all. */
export async function enqueue<Name extends JobName>(
  db: Db,
  name: Name,
  payload: Jobs[Name],
  { runAt, priority = 0 }: { readonly runAt: Date; readonly priority?: number },
): Promise<void> {
  await sql`
    select id from tidings_queue.add_job(${name}::text, payload => ${JSON.stringify(payload)}::json, run_at => ${runAt}::timestamptz, priority => ${priority}::int)
  `.execute(db);
}
