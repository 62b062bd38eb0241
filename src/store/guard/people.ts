import { sql } from "kysely";
import type { BorrowerId } from "../../domain/ids.ts";
import type { ContactStatus, ContactType } from "../../domain/vocabulary.ts";
import type { Db } from "../postgres/db.ts";

export interface BorrowerRow {
  readonly id: BorrowerId;
  readonly collectionsIntensity: string;
  readonly commPreferences: Readonly<Record<string, unknown>>;
}

/** Loads the borrowers with these ids. */
export async function loadBorrowers(db: Db, ids: readonly BorrowerId[]): Promise<BorrowerRow[]> {
  const { rows } = await sql<BorrowerRow>`
    select b.id, b.collections_intensity, b.comm_preferences
    from tidings.borrowers b
    where b.id = any(${ids}::text[])
  `.execute(db);
  return rows;
}

export interface ContactRow {
  readonly id: string;
  readonly borrowerId: BorrowerId;
  readonly contactType: ContactType;
  readonly value: string | null;
  readonly address: Readonly<Record<string, unknown>> | null;
  readonly label: string | null;
  readonly affiliation: string;
  readonly status: ContactStatus;
  readonly valid: boolean;
  readonly verified: boolean;
  readonly receiveTextMessages: boolean;
  readonly receiveTextMessagesLastConsentAt: Date | number | null;
  readonly authorizedThirdParty: boolean;
  readonly powerOfAttorney: boolean;
  readonly disconnectionStatus: string | null;
}

/** Loads the contacts of the borrowers, archived ones too, because the history names them. */
export async function loadContacts(
  db: Db,
  borrowerIds: readonly BorrowerId[],
): Promise<ContactRow[]> {
  const { rows } = await sql<ContactRow>`
    select k.id, k.borrower_id, k.contact_type, k.value, k.address, k.label, k.affiliation, k.status, k.valid, k.verified,
      k.receive_text_messages, k.receive_text_messages_last_consent_at, k.authorized_third_party, k.power_of_attorney,
      k.phone_disconnection_details->>'disconnectionStatus' as disconnection_status
    from tidings.contacts k
    where k.borrower_id = any(${borrowerIds}::text[])
  `.execute(db);
  return rows;
}
