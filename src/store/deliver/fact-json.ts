import { sql } from "kysely";

/** The contacts of the borrower `b`, for the statements that load facts and those that forecast. */
export const CONTACTS_JSON = sql`(
  select coalesce(json_agg(f order by f.id), '[]')
  from (
    select k.id, k.external_id as "externalId", k.contact_type as "contactType", k.label, k.affiliation, k.status, k.name, k.value,
      k.valid, k.verified, k.receive_text_messages as "receiveTextMessages"
    from tidings.contacts k
    where k.borrower_id = b.id
  ) f
)`;
