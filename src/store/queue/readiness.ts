import { sql } from "kysely";
import type { Db } from "../postgres/db.ts";

/**
 * Whether jobs have waited to be taken for longer than `forMs` while none is under way: nobody works on the queue. A
 * bulk that takes its time, and a channel that is paced, keep jobs under way.
 */
export async function isQueueStuck(db: Db, forMs: number): Promise<boolean> {
  const { rows } = await sql<{ isStuck: boolean }>`
    select exists (
        select from tidings_queue.jobs j
        where j.locked_at is null and j.attempts < j.max_attempts and j.run_at < now() - make_interval(secs => ${forMs / 1_000})
      ) and not exists (select from tidings_queue.jobs j where j.locked_at is not null) as is_stuck
  `.execute(db);
  return rows[0]?.isStuck === true;
}
