import type { Pool } from "pg";
import { insertInteraction, type InteractionFields } from "../../interactions.ts";
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

/** An interaction of a notice to BO-1 with its template, its contact and its borrower. Returns its id. */
export const insertSent = (pool: Pool, fields: InteractionFields): Promise<string> =>
  insertInteraction(pool, {
    createdBy: { id: "tidings", name: "Tidings" },
    direction: "outbound",
    caseId: "CS-1",
    templateId: 12,
    templateVersion: 3,
    scheduledAtFrom: "2031-03-04T15:00:00Z",
    contactId: "CT-EMAIL",
    contact: {
      object: "contactDetails",
      contactType: "email",
      status: "primary",
      value: "pat@example.com",
      valid: true,
    },
    borrower: {
      id: "BO-1",
      name: { firstName: "Pat" },
      status: "active",
      collectionsIntensity: "light",
    },
    ...fields,
  });
