import { sql } from "kysely";
import type { Db } from "./db.ts";

/** Does the work in one transaction whose transitions are recorded as made by `actor`. */
export function actingAs<Result>(
  db: Db,
  actor: string,
  work: (transaction: Db) => Promise<Result>,
): Promise<Result> {
  return db.transaction().execute(async (transaction) => {
    await sql`select set_config('tidings.actor', ${actor}, true)`.execute(transaction);
    return await work(transaction);
  });
}
