import { sql, type RawBuilder } from "kysely";
import type { Reference } from "../../domain/reference.ts";

const TABLES = {
  borrowers: sql.raw("tidings.borrowers"),
  loans: sql.raw("tidings.loans"),
  contacts: sql.raw("tidings.contacts"),
} as const;

/** The id of a reference as an expression; null for an unknown external id. */
export const idOf = (table: keyof typeof TABLES, reference: Reference): RawBuilder<string | null> =>
  "id" in reference
    ? sql<string>`${reference.id}::text`
    : sql<string>`(select n.id from ${TABLES[table]} n where n.external_id = ${reference.externalId})`;
