import { sql } from "kysely";
import { optedOutAt } from "../postgres/opted-out-at.ts";

/** The contacts of the borrower `b`, for the statements that load facts and those that forecast. */
export const CONTACTS_JSON = sql`(
  select coalesce(json_agg(f order by f.id), '[]')
  from (
    select k.id, k.external_id as "externalId", k.contact_type as "contactType", k.label, k.affiliation, k.status, k.name, k.value,
      k.valid, k.verified, k.receive_text_messages as "receiveTextMessages",
      ${optedOutAt(sql`'collection'`, sql`k.opted_out_at`)} as "optedOutAt",
      ${optedOutAt(sql`'marketing'`, sql`k.marketing_opted_out_at`)} as "marketingOptedOutAt",
      exists (
        select from tidings.inbound_messages m where m.contact_ids @> array[k.id] and m.suppresses and m.is_open
      ) as "replyUnread"
    from tidings.contacts k
    where k.borrower_id = b.id
  ) f
)`;
