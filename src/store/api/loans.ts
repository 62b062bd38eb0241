import { sql } from "kysely";
import type { LoanId } from "../../domain/ids.ts";
import type { Reference } from "../../domain/reference.ts";
import type { Db } from "../postgres/db.ts";

/** Returns the ids of the loans that the references name, in the same order; undefined for a reference to no loan. */
export async function findLoanIds(
  db: Db,
  references: readonly Reference<LoanId>[],
): Promise<(LoanId | undefined)[]> {
  const ids = references.flatMap((one) => ("id" in one ? [one.id] : []));
  const externalIds = references.flatMap((one) => ("externalId" in one ? [one.externalId] : []));
  const rows = await db
    .selectFrom("loans")
    .select(["id", "externalId"])
    .where((is) =>
      is.or([
        is("id", "=", sql<LoanId>`any(${ids})`),
        is("externalId", "=", sql<string>`any(${externalIds})`),
      ]),
    )
    .execute();
  const known = new Set(rows.map((row) => row.id));
  const named = new Map(rows.map((row) => [row.externalId, row.id]));
  return references.map((one) => {
    if ("externalId" in one) return named.get(one.externalId);
    return known.has(one.id) ? one.id : undefined;
  });
}
