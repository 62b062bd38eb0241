import { type QueryExecutorProvider, type RawBuilder, sql } from "kysely";
import type { BorrowerId } from "../../domain/ids.ts";
import type {
  CollectionsIntensity,
  ContactLabel,
  ContactStatus,
  ContactType,
  LineType,
  ReassignedNumberResult,
} from "../../domain/vocabulary.ts";
import { optedOutAt } from "../postgres/opted-out-at.ts";
import type { KnownAt, Time } from "./known-values.ts";

export interface BorrowerRow {
  readonly id: BorrowerId;
  readonly timeZone: string | null;
  readonly timeZoneReportedByBorrower: boolean | null;
  readonly collectionsIntensity: CollectionsIntensity;
  readonly commPreferences: Readonly<Record<string, unknown>>;
  readonly isMinor: boolean | null;
  readonly establishedBusinessRelationship: boolean | null;
  readonly attorneyKnownSince: Time | null;
  readonly attorneyContactId: string | null;
  readonly attorneyUnresponsiveSince: Time | null;
  readonly attorneyConsentedAt: Time | null;
}

/**
 * Loads the borrowers with these ids, as they were known at a time; null: as they are. For each claim that is read from the table,
 * because the function takes longer to plan than the table takes to read.
 */
export const loadBorrowers = (
  db: QueryExecutorProvider,
  ids: readonly BorrowerId[],
  knownAt: KnownAt | null,
): Promise<BorrowerRow[]> =>
  knownAt === null
    ? readBorrowers(db, sql`(select * from tidings.borrowers w where w.id = any(${ids}::text[]))`)
    : readBorrowers(db, sql`tidings.borrowers_at(${ids}::text[], ${knownAt}::timestamptz)`);

async function readBorrowers(
  db: QueryExecutorProvider,
  known: RawBuilder<unknown>,
): Promise<BorrowerRow[]> {
  const { rows } = await sql<BorrowerRow>`
    select b.id, b.time_zone, b.time_zone_reported_by_borrower, b.collections_intensity, b.comm_preferences, b.is_minor,
      b.established_business_relationship, b.attorney_known_since, b.attorney_contact_id, b.attorney_unresponsive_since,
      b.attorney_consented_at
    from ${known} b
  `.execute(db);
  return rows;
}

export interface ContactRow {
  readonly id: string;
  readonly borrowerId: BorrowerId;
  readonly contactType: ContactType;
  readonly value: string | null;
  readonly address: Readonly<Record<string, unknown>> | null;
  readonly countyFips: string | null;
  readonly timeZones: readonly string[] | null;
  readonly label: ContactLabel | null;
  readonly affiliation: string;
  readonly status: ContactStatus;
  readonly valid: boolean;
  readonly verified: boolean;
  readonly lineType: LineType | null;
  readonly receiveTextMessages: boolean;
  readonly receiveTextMessagesLastConsentAt: Time | null;
  readonly authorizedThirdParty: boolean;
  readonly powerOfAttorney: boolean;
  readonly disconnectionStatus: string | null;
  readonly reassignedNumberResult: ReassignedNumberResult | null;
  readonly reassignedNumberCheckedAt: Time | null;
  readonly optedOutAt: Time | null;
  readonly marketingOptedOutAt: Time | null;
  readonly writtenMarketingConsentAt: Time | null;
  readonly onNationalDncList: boolean | null;
  readonly leakedToThirdPartyAt: Time | null;
  readonly wrongPartySince: Time | null;
  readonly employerProvided: boolean | null;
  readonly electronicConsentAt: Time | null;
  readonly usedByBorrowerAt: Time | null;
  readonly origin: string | null;
  readonly creditorNoticeSentOn: string | null;
  readonly creditorOptOutBy: string | null;
  readonly priorCollectors: readonly unknown[] | null;
}

/**
 * Loads the contacts of the borrowers, as they were known at a time; null: as they are. Archived ones too, because the
 * history names them.
 */
export const loadContacts = (
  db: QueryExecutorProvider,
  borrowerIds: readonly BorrowerId[],
  knownAt: KnownAt | null,
): Promise<ContactRow[]> =>
  knownAt === null
    ? readContacts(
        db,
        sql`(select * from tidings.contacts w where w.borrower_id = any(${borrowerIds}::text[]))`,
      )
    : readContacts(db, sql`tidings.contacts_at(${borrowerIds}::text[], ${knownAt}::timestamptz)`);

async function readContacts(
  db: QueryExecutorProvider,
  known: RawBuilder<unknown>,
): Promise<ContactRow[]> {
  const { rows } = await sql<ContactRow>`
    select k.id, k.borrower_id, k.contact_type, k.value, k.address, k.county_fips, k.time_zones, k.label, k.affiliation, k.status,
      k.valid, k.verified, k.line_type, k.receive_text_messages, k.receive_text_messages_last_consent_at, k.authorized_third_party,
      k.power_of_attorney, k.phone_disconnection_details->>'disconnectionStatus' as disconnection_status,
      k.reassigned_number_result, k.reassigned_number_checked_at, ${optedOutAt(sql`'collection'`, sql`k.opted_out_at`)} as opted_out_at,
      ${optedOutAt(sql`'marketing'`, sql`k.marketing_opted_out_at`)} as marketing_opted_out_at,
      k.written_marketing_consent_at, k.on_national_dnc_list, k.leaked_to_third_party_at, k.wrong_party_since, k.employer_provided,
      k.electronic_consent_at, k.used_by_borrower_at, k.origin, k.creditor_notice_sent_on::text as creditor_notice_sent_on,
      k.creditor_opt_out_by::text as creditor_opt_out_by, k.prior_collectors
    from ${known} k
  `.execute(db);
  return rows;
}
