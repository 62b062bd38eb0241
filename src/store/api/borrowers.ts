import { sql, type RawBuilder } from "kysely";
import type { Reference } from "../../domain/reference.ts";
import type { Db } from "../postgres/db.ts";
import { idOf } from "./references.ts";

/** A borrower `b` as it is stored with an interaction; empty where there is none. */
export const STORED_BORROWER: RawBuilder<object> = sql<object>`case when b.id is null then '{}' else jsonb_build_object('id', b.id, 'createdAt', b.created_at,
  'borrowerType', b.borrower_type, 'externalId', b.external_id, 'status', b.status, 'statusUpdatedAt', b.status_updated_at,
  'collectionsIntensity', b.collections_intensity, 'displayId', b.display_id, 'metaData', b.meta_data,
  'commPreferences', b.comm_preferences) end`;

export interface StoredBorrower {
  readonly id: string;
  readonly externalId: string | null;
  /** As it is stored with an interaction. */
  readonly stored: object;
}

/** Undefined where the reference names no borrower. */
export async function findBorrower(
  db: Db,
  reference: Reference,
): Promise<StoredBorrower | undefined> {
  const { rows } = await sql<StoredBorrower>`
    select b.id, b.external_id, ${STORED_BORROWER} as stored
    from tidings.borrowers b
    where b.id = ${idOf("borrowers", reference)}
  `.execute(db);
  return rows[0];
}
