import { sql } from "kysely";

/**
 * The borrower `b` as judging reads it and interactions store it: the same form for sent and logged interactions.
 * Converting a whole row to JSON costs Postgres less than half of an object built name by name.
 */
export const BORROWER_JSON = sql`(
  select to_json(f) from (select b.id, b.external_id as "externalId", b.display_id as "displayId", b.borrower_type as "borrowerType",
    b.status, b.status_updated_at as "statusUpdatedAt", b.created_at as "createdAt", b.name, b.language, b.time_zone as "timeZone",
    b.collections_intensity as "collectionsIntensity", b.comm_preferences as "commPreferences", b.meta_data as "metaData") f
)`;
