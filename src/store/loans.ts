import { sql } from "kysely";
import type { Reference } from "../domain/reference.ts";
import type { Db } from "./db.ts";
import { idOf } from "./references.ts";

/** The id of the loan a reference names; undefined when it names none. */
export async function findLoanId(db: Db, reference: Reference): Promise<string | undefined> {
  const { rows } = await sql<{ id: string }>`
    select l.id from tidings.loans l where l.id = ${idOf("loans", reference)}
  `.execute(db);
  return rows[0]?.id;
}
