import { sql } from "kysely";
import type { Db } from "./db.ts";

/** Reads the time of the database, which all daemons use. The clock of this machine may differ. */
export async function readClock(db: Db): Promise<Date> {
  const { rows } = await sql<{ now: Date }>`select clock_timestamp() as now`.execute(db);
  const [row] = rows;
  if (row === undefined) throw new Error("the clock returned no row");
  return row.now;
}
