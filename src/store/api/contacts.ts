import { sql } from "kysely";
import type { BorrowerId } from "../../domain/ids.ts";
import type { StoredContact } from "../../domain/interaction-record.ts";
import type { Db } from "../postgres/db.ts";

/** Lists every contact of a borrower, active ones first and archived ones last. */
export async function listContacts(db: Db, borrowerId: BorrowerId): Promise<StoredContact[]> {
  const { rows } = await sql<StoredContact>`
    select k.id, jsonb_build_object('externalId', k.external_id, 'contactType', k.contact_type, 'label', k.label,
      'affiliation', k.affiliation, 'name', k.name, 'value', k.value, 'address', k.address, 'valid', k.valid, 'verified', k.verified,
      'receiveTextMessages', k.receive_text_messages, 'authorizedThirdParty', k.authorized_third_party,
      'powerOfAttorney', k.power_of_attorney, 'receiveTextMessagesLastConsentAt', k.receive_text_messages_last_consent_at,
      'phoneDisconnectionDetails', k.phone_disconnection_details) as details
    from tidings.contacts k
    where k.borrower_id = ${borrowerId}
    order by array_position(array['primary', 'secondary', 'additional', 'archived'], k.status), k.id
  `.execute(db);
  return rows;
}
