import { sql } from "kysely";
import type { Db } from "./db.ts";

/** The time of the database, to which the daemons keep. The clock of this machine may be another. */
export async function readClock(db: Db): Promise<Date> {
  const { rows } = await sql<{ now: Date }>`select clock_timestamp() as now`.execute(db);
  const [row] = rows;
  if (row === undefined) throw new Error("the clock returned no row");
  return row.now;
}
