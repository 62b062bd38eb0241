import { sql } from "kysely";
import type { Db } from "../postgres/db.ts";

/**
 * True if jobs have been due for longer than `forMs` while none is running: no worker takes jobs. A long bulk and a
 * rate-limited channel keep jobs running.
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
