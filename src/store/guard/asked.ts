import { sql } from "kysely";
import type { Contact } from "../../domain/deliver/contact.ts";
import type { BorrowerId } from "../../domain/ids.ts";
import type { TemplateFacts } from "../../domain/template/template.ts";
import type { Channel, Theme } from "../../domain/vocabulary.ts";
import { CONTACTS_JSON } from "../deliver/fact-json.ts";
import type { Db } from "../postgres/db.ts";

/** The contacts and loans of a borrower, to choose from. */
export interface ContactsAndLoans {
  readonly contacts: readonly Contact[];
  readonly loanIds: readonly string[];
}

/** Undefined if there is no such borrower. */
export async function loadContactsAndLoans(
  db: Db,
  borrowerId: BorrowerId,
): Promise<ContactsAndLoans | undefined> {
  const { rows } = await sql<ContactsAndLoans>`
    select ${CONTACTS_JSON} as contacts, array(select l.id from tidings.loans l where l.borrower_id = b.id order by l.id) as loan_ids
    from tidings.borrowers b
    where b.id = ${borrowerId}
  `.execute(db);
  return rows[0];
}

/** The facts that the published template of a subject states about its messages. */
export interface SubjectFacts extends TemplateFacts {
  readonly theme: Theme | null;
}

/** Loads the facts of the published template of a subject and a channel; undefined if there is none. */
export async function loadSubject(
  db: Db,
  subject: string,
  channel: Channel,
): Promise<SubjectFacts | undefined> {
  const { rows } = await sql<SubjectFacts>`
    select t.theme, t.kind, t.asks_for_money, t.required_by_law, t.required_medium, t.programme, t.declares::text[] as declares
    from tidings.templates t
    where t.subject = ${subject} and t.channel = ${channel} and t.status = 'active'
    order by t.id
    limit 1
  `.execute(db);
  return rows[0];
}
