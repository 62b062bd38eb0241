import { type QueryExecutorProvider, sql } from "kysely";
import type { BorrowerId } from "../../domain/ids.ts";

/** Loads the languages (BCP 47) of borrowers, all of which are on record. */
export async function loadLanguages(
  db: QueryExecutorProvider,
  borrowerIds: readonly BorrowerId[],
): Promise<(id: BorrowerId) => string> {
  const { rows } = await sql<{ language: string; ids: BorrowerId[] }>`
    select b.language, array_agg(b.id) as ids
    from tidings.borrowers b
    where b.id = any(${[...new Set(borrowerIds)]}::text[])
    group by b.language
  `.execute(db);
  const languages = new Map(rows.flatMap(({ ids, language }) => ids.map((id) => [id, language])));
  return (id) => languages.get(id) ?? missing(id);
}

function missing(id: BorrowerId): never {
  throw new Error(`borrower ${id} was not loaded`);
}
