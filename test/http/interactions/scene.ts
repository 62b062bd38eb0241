import type { Pool } from "pg";
import { insertLender } from "../../lender.ts";

/** A lender whose borrowers, loans and contacts have ids of the lender's own as well. */
export async function insertHouse(pool: Pool): Promise<void> {
  await insertLender(pool);
  await pool.query(`
    update tidings.borrowers set external_id = 'crm-1', display_id = '100-1', meta_data = '{"branch": "12"}',
      comm_preferences = '{"statementDeliveryChannels": ["email"], "sendRemindersWhenCurrent": true}' where id = 'BO-1';
    update tidings.loans set external_id = 'ledger-1' where id = 'LN-1';
    update tidings.contacts set external_id = 'crm-phone' where id = 'CT-PHONE';
    insert into tidings.loans (id, borrower_id) values ('LN-2', 'BO-2');
    insert into tidings.contacts (id, borrower_id, contact_type, value) values ('CT-SAM', 'BO-2', 'email', 'sam@example.com');
    insert into tidings.contacts (id, borrower_id, contact_type, label, address)
    values ('CT-HOME', 'BO-1', 'address', 'home', '{"addressLine1": "1 Example Street", "city": "Springfield", "state": "OH", "postalCode": "45501"}');
  `);
}

export interface Sent {
  readonly status: string;
  readonly statusDetails?: string;
  readonly channel?: string;
  readonly content?: object;
  readonly sensitive?: boolean;
  readonly caseId?: string;
}

let changes = 0;

/** An interaction as a daemon would have written it, to BO-1. Returns its id. */
export async function insertSent(pool: Pool, sent: Sent): Promise<string> {
  changes += 1;
  const { rows } = await pool.query<{ id: string }>(
    `insert into tidings.interactions (origin, created_by, channel, direction, status, status_details, person_id, case_id, case_change_id, notification_type_id,
       notification_type_version, template_id, template_version, scheduled_at_from, claimed_at, claimed_by, content, contact_id, contact, borrower,
       sensitive, failure_description_short, failure_description_long)
     values ('tidings', '{"id": "tidings", "name": "Tidings"}', $1, 'outbound', $2::text, $3, 'BO-1', $4, $5, 1, 1, 12, 3, '2031-03-04T15:00:00Z', now(), 'w-1', $6,
       'CT-EMAIL', '{"object": "contactDetails", "contactType": "email", "status": "primary", "value": "pat@example.com", "valid": true}',
       '{"id": "BO-1", "name": {"firstName": "Pat"}, "status": "active", "collectionsIntensity": "light"}', $7,
       case when $2::text in ('failed', 'canceled') then 'Mailbox full' end, case when $2::text in ('failed', 'canceled') then 'Wait, or use another channel.' end)
     returning id`,
    [
      sent.channel ?? "email",
      sent.status,
      sent.statusDetails ?? null,
      sent.caseId ?? "CS-1",
      1_000_000 + changes,
      sent.content ?? null,
      sent.sensitive ?? false,
    ],
  );
  return rows[0]?.id ?? "";
}
