import { randomBytes } from "node:crypto";
import type { Db } from "../postgres/db.ts";

/** Returns the installation's secret with this name, the same for every daemon. The first call creates it. */
export async function getOrCreateSecret(db: Db, name: string): Promise<Buffer> {
  await db
    .insertInto("secrets")
    .values({ name, value: randomBytes(32) })
    .onConflict((on) => on.column("name").doNothing())
    .execute();
  const row = await db
    .selectFrom("secrets")
    .select("value")
    .where("name", "=", name)
    .executeTakeFirst();
  if (row === undefined) throw new Error(`the secret ${name} was deleted as it was created`);
  return row.value;
}
