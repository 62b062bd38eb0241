import { sql } from "kysely";
import type { Db } from "./db.ts";

/** Measures the time of the shortest statement (ms), on a connection that is open already. */
export async function measureRoundTrip(db: Db): Promise<number> {
  return await db.connection().execute(async (connection) => {
    const began = performance.now();
    await sql`select 1`.execute(connection);
    return Math.round((performance.now() - began) * 100) / 100;
  });
}
