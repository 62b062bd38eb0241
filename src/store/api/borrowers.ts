import { sql } from "kysely";
import type { BorrowerId } from "../../domain/ids.ts";
import type { Reference } from "../../domain/reference.ts";
import { BORROWER_JSON } from "../postgres/borrower-json.ts";
import type { Db } from "../postgres/db.ts";
import { idOf } from "./references.ts";

export interface StoredBorrower {
  readonly id: BorrowerId;
  readonly externalId: string | null;
  /** The form that is stored with an interaction. */
  readonly stored: object;
}

/** Undefined if the reference names no borrower. */
export async function findBorrower(
  db: Db,
  reference: Reference<BorrowerId>,
): Promise<StoredBorrower | undefined> {
  const { rows } = await sql<StoredBorrower>`
    select b.id, b.external_id, ${BORROWER_JSON} as stored
    from tidings.borrowers b
    where b.id = ${idOf("borrowers", reference)}
  `.execute(db);
  return rows[0];
}
