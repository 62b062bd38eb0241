import { sql } from "kysely";
import type { BorrowerId, CaseId } from "../../domain/ids.ts";
import type { Db } from "../postgres/db.ts";

/** True if a change or an interaction names the case. A change that was not taken in has no row in cases. */
export async function isKnownCase(db: Db, id: CaseId): Promise<boolean> {
  const { rows } = await sql<{ isKnown: boolean }>`
    select exists (select from tidings.cases c where c.id = ${id})
      or exists (select from tidings.interactions i where i.case_id = ${id})
      or exists (select from tidings.case_changes c where c.case_id = ${id}) as is_known
  `.execute(db);
  return rows[0]?.isKnown ?? false;
}

/** True if the borrower is on record, or was when an interaction was recorded. */
export async function isKnownBorrower(db: Db, id: BorrowerId): Promise<boolean> {
  const { rows } = await sql<{ isKnown: boolean }>`
    select exists (select from tidings.borrowers b where b.id = ${id})
      or exists (select from tidings.interactions i where i.person_id = ${id}) as is_known
  `.execute(db);
  return rows[0]?.isKnown ?? false;
}
