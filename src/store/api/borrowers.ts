import { sql } from "kysely";
import type { Reference } from "../../domain/reference.ts";
import type { Db } from "../postgres/db.ts";
import { idOf } from "./references.ts";

/** A borrower `b` as an interaction keeps one; empty where there is none. */
export const KEPT_BORROWER = `case when b.id is null then '{}' else jsonb_build_object('id', b.id, 'createdAt', b.created_at,
  'borrowerType', b.borrower_type, 'externalId', b.external_id, 'status', b.status, 'statusUpdatedAt', b.status_updated_at,
  'collectionsIntensity', b.collections_intensity, 'displayId', b.display_id, 'metaData', b.meta_data,
  'commPreferences', b.comm_preferences) end`;

export interface KeptBorrower {
  readonly id: string;
  readonly externalId: string | null;
  /** As an interaction keeps it. */
  readonly kept: object;
}

/** The borrower a reference names; undefined when it names none. */
export async function findBorrower(
  db: Db,
  reference: Reference,
): Promise<KeptBorrower | undefined> {
  const { rows } = await sql<KeptBorrower>`
    select b.id, b.external_id, ${sql.raw(KEPT_BORROWER)} as kept
    from tidings.borrowers b
    where b.id = ${idOf("borrowers", reference)}
  `.execute(db);
  return rows[0];
}
