import { sql } from "kysely";
import type { BorrowerId, LoanId } from "../../domain/ids.ts";
import type { Db } from "../postgres/db.ts";

export interface LoanRow {
  readonly id: LoanId;
  readonly borrowerId: BorrowerId;
  /** The core system's own data, free JSON. */
  readonly data: Readonly<Record<string, unknown>>;
}

/** Loads the loans of the borrowers, and the loans with these ids. */
export async function loadLoans(
  db: Db,
  borrowerIds: readonly BorrowerId[],
  loanIds: readonly string[],
): Promise<LoanRow[]> {
  const { rows } = await sql<LoanRow>`
    select l.id, l.borrower_id, l.data
    from tidings.loans l
    where l.borrower_id = any(${borrowerIds}::text[]) or l.id = any(${loanIds}::text[])
  `.execute(db);
  return rows;
}
