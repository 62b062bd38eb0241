import { randomBytes } from "node:crypto";
import { sql } from "kysely";
import type { Db } from "../postgres/db.ts";

/** Returns the installation's secret with this name, the same for every daemon. The first call creates it. */
export async function getOrCreateSecret(db: Db, name: string): Promise<Buffer> {
  await sql`
    insert into tidings.secrets (name, value) values (${name}, ${randomBytes(32)}) on conflict (name) do nothing
  `.execute(db);
  const { rows } = await sql<{ value: Buffer }>`
    select s.value from tidings.secrets s where s.name = ${name}
  `.execute(db);
  const [row] = rows;
  if (row === undefined) throw new Error(`the secret ${name} was deleted as it was created`);
  return row.value;
}
