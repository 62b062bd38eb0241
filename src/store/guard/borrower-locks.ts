import { sql } from "kysely";
import type { BorrowerId } from "../../domain/ids.ts";
import type { Db } from "../postgres/db.ts";

/**
 * Locks the borrowers against the judgements of other batches until the transaction ends. All batches take the locks in one order,
 * so they wait for each other and never deadlock. Statements that follow see what the earlier holder has committed.
 */
export async function lockBorrowers(
  transaction: Db,
  borrowerIds: readonly BorrowerId[],
): Promise<void> {
  await sql`
    select l.id from tidings.guard_locks l
    where l.id = any(array(select tidings.guard_lock_of(b) from unnest(${borrowerIds}::text[]) b))
    order by l.id for update
  `.execute(transaction);
}
