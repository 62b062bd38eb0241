import { sql } from "kysely";
import type { BorrowerId, ContactId, InteractionId } from "../../domain/ids.ts";
import { readPhoneNumber } from "../../domain/values/phone-number.ts";
import type { Db } from "../postgres/db.ts";

/** A contact that has the number or address of an inbound message. */
export interface Sender {
  readonly contactId: ContactId;
  readonly borrowerId: BorrowerId;
  readonly value: string;
  readonly details: object;
  /** The newest message of the channel to this contact; null if there is none. */
  readonly lastInteractionId: InteractionId | null;
}

/** The number or address from which an inbound message came. */
export interface SenderAddress {
  readonly channel: "text" | "email";
  /** In E.164 form, or an email address. */
  readonly address: string;
  /** ISO 3166-1, such as US. */
  readonly homeCountry: string;
}

/**
 * Finds the contacts with the number or address of a sender, the one that was written to last first. Joint borrowers may share
 * it.
 */
export async function findSenders(db: Db, sender: SenderAddress): Promise<readonly Sender[]> {
  const { channel, address, homeCountry } = sender;
  return await FINDERS[channel](db, address, homeCountry);
}

const LAST = sql`(
  select max(i.id) from tidings.interactions i
  where i.person_id = k.borrower_id and i.contact_id = k.id and i.channel = case k.contact_type when 'phone' then 'text' else 'email' end
    and i.direction = 'outbound' and i.status in ('inProgress', 'attempted', 'succeeded', 'failed')
)`;
const DETAILS = sql`jsonb_build_object('object', 'contactDetails', 'externalId', k.external_id, 'contactType', k.contact_type, 'label', k.label,
  'affiliation', k.affiliation, 'status', k.status, 'name', k.name, 'value', k.value, 'valid', k.valid, 'verified', k.verified,
  'receiveTextMessages', k.receive_text_messages)`;

/** The database compares the last digits, and this function whole numbers. */
async function byNumber(db: Db, number: string, homeCountry: string): Promise<Sender[]> {
  const { rows } = await sql<Sender>`
    select k.id as contact_id, k.borrower_id, k.value, ${DETAILS} as details, ${LAST} as last_interaction_id
    from tidings.contacts k
    where k.contact_type = 'phone' and tidings.last_digits(k.value) = tidings.last_digits(${number})
    order by last_interaction_id desc nulls last, k.id
  `.execute(db);
  return rows.filter(({ value }) => readPhoneNumber(value, homeCountry) === number);
}

async function byEmail(db: Db, address: string): Promise<Sender[]> {
  const { rows } = await sql<Sender>`
    select k.id as contact_id, k.borrower_id, k.value, ${DETAILS} as details, ${LAST} as last_interaction_id
    from tidings.contacts k
    where k.contact_type = 'email' and lower(k.value) = lower(${address})
    order by last_interaction_id desc nulls last, k.id
  `.execute(db);
  return rows;
}

const FINDERS = { text: byNumber, email: byEmail } as const;

/** Lists the borrowers' other numbers and addresses, to which a refusal of all contact applies too. */
export async function listElectronicContacts(
  db: Db,
  borrowerIds: readonly BorrowerId[],
): Promise<readonly ContactId[]> {
  const { rows } = await sql<{ id: ContactId }>`
    select k.id from tidings.contacts k
    where k.borrower_id = any(${borrowerIds}::text[]) and k.contact_type in ('phone', 'email')
    order by k.id
  `.execute(db);
  return rows.map(({ id }) => id);
}
