import { sql, type RawBuilder } from "kysely";
import type { BorrowerId, CaseId, ContactId, InteractionId, LoanId } from "../../domain/ids.ts";
import type { Reference } from "../../domain/reference.ts";
import type { InteractionStatus } from "../../domain/vocabulary.ts";
import type { Db } from "../postgres/db.ts";
import { idOf } from "./references.ts";

/** The filter of a list. An absent field does not filter. Of several values one must match. */
export interface InteractionFilter {
  readonly id?: InteractionId | undefined;
  readonly personId?: BorrowerId | undefined;
  readonly channel?: readonly string[] | undefined;
  readonly status?: readonly string[] | undefined;
  readonly statusDetails?: readonly string[] | undefined;
  readonly theme?: readonly string[] | undefined;
  readonly subject?: readonly string[] | undefined;
  /** True if only interactions match that another system has logged. */
  readonly onlyLogged?: boolean | undefined;
  readonly direction?: readonly string[] | undefined;
  readonly sensitive?: boolean | undefined;
  readonly loanId?: readonly Reference<LoanId>[] | undefined;
  readonly contactId?: readonly Reference<ContactId>[] | undefined;
  readonly caseId?: readonly CaseId[] | undefined;
  readonly notificationTypeId?: readonly number[] | undefined;
  readonly providerMessageId?: readonly string[] | undefined;
  readonly supercaseBulkOperationId?: readonly string[] | undefined;
  readonly dueFrom?: Date | undefined;
  readonly dueBefore?: Date | undefined;
  readonly createdFrom?: Date | undefined;
  readonly createdBefore?: Date | undefined;
}

const COLUMNS = {
  channel: "channel",
  statusDetails: "status_details",
  theme: "theme",
  subject: "subject",
  direction: "direction",
  notificationTypeId: "notification_type_id",
  supercaseBulkOperationId: "supercase_bulk_operation_id",
} as const;

/**
 * Returns the filter, and for subjects that no template has, one that matches logged interactions only. A notice of Tidings has the subject
 * of its template, and an index has the subjects of logged interactions.
 */
export async function withoutUnknownSubjects(
  db: Db,
  filter: InteractionFilter,
): Promise<InteractionFilter> {
  const { subject } = filter;
  if (subject === undefined) return filter;
  const { rows } = await sql<{ isKnown: boolean }>`
    select exists (select from tidings.templates t where t.subject = any(${subject})) as is_known
  `.execute(db);
  return rows[0]?.isKnown === true ? filter : { ...filter, onlyLogged: true };
}

/** Builds the filter as a condition on the interactions `i`. */
export function conditionOf(filter: InteractionFilter): RawBuilder<boolean> {
  const { id, personId, sensitive, loanId, contactId, caseId, status, providerMessageId } = filter;
  const { dueFrom, dueBefore, createdFrom, createdBefore } = filter;
  const words = Object.entries(COLUMNS).map(([name, column]) => {
    const wanted = filter[name as keyof typeof COLUMNS];
    return wanted && sql<boolean>`${sql.ref(`i.${column}`)} = any(${wanted})`;
  });
  const conditions = [
    id && sql<boolean>`i.id = ${id}::bigint`,
    personId === undefined ? undefined : sql<boolean>`i.person_id = ${personId}`,
    ...words,
    filter.onlyLogged && sql<boolean>`i.origin = 'logged'`,
    status && sql<boolean>`(${sql.join(status.map(hasStatus), sql` or `)})`,
    providerMessageId && ofMessage(providerMessageId),
    sensitive === undefined ? undefined : sql<boolean>`i.sensitive = ${sensitive}`,
    loanId && withLoan(sql`array[${sql.join(loanId.map((each) => idOf("loans", each)))}]`),
    contactId &&
      withContact(sql`array[${sql.join(contactId.map((each) => idOf("contacts", each)))}]`),
    caseId && ofCase(caseId),
    dueFrom && sql<boolean>`i.scheduled_at_from >= ${dueFrom}`,
    dueBefore && sql<boolean>`i.scheduled_at_from < ${dueBefore}`,
    createdFrom && sql<boolean>`i.created_at >= ${createdFrom}`,
    createdBefore && sql<boolean>`i.created_at < ${createdBefore}`,
  ].filter((condition) => condition !== undefined && condition !== false);
  return conditions.length === 0
    ? sql<boolean>`true`
    : sql<boolean>`${sql.join(conditions, sql` and `)}`;
}

/**
 * The status is written into the statement, and those of unfinished work with their origin, because Postgres uses a partial index
 * only if the statement repeats its condition.
 */
function hasStatus(status: string): RawBuilder<boolean> {
  const word = sql.lit(status);
  return UNFINISHED.has(status)
    ? sql<boolean>`i.origin = 'tidings' and i.status = ${word} or i.origin = 'logged' and i.status = ${word}`
    : sql<boolean>`i.status = ${word}`;
}

const UNFINISHED: ReadonlySet<string> = new Set<InteractionStatus>(["scheduled", "inProgress"]);

/** The id of a message at Twilio. */
const TWILIO_ID = /^[A-Z]{2}[0-9a-f]{32}$/;
/** The Message-ID of an email of Tidings, with or without angle brackets: it has the id of the chain. */
const MESSAGE_ID = /^<?tidings\.([0-9]{1,18})(?:-[a-z2-7]+)?@[^>]*>?$/i;

/** Only texts have an index on the ids of providers. The Message-ID of an email leads to the attempts of its chain. */
function ofMessage(ids: readonly string[]): RawBuilder<boolean> {
  const texts = ids.filter((id) => TWILIO_ID.test(id));
  const chains = ids.flatMap((id) => MESSAGE_ID.exec(id)?.[1] ?? []);
  const others = ids.filter((id) => !TWILIO_ID.test(id) && !MESSAGE_ID.test(id));
  const ways = [
    texts.length > 0 && sql`i.channel = 'text' and i.provider_message_id = any(${texts})`,
    chains.length > 0 && sql`i.channel = 'email' and i.id = any(${chains}::bigint[])`,
    chains.length > 0 &&
      sql`i.channel = 'email' and i.first_interaction_id = any(${chains}::bigint[])`,
    others.length > 0 && sql`i.provider_message_id = any(${others})`,
  ].filter((way) => way !== false);
  return ways.length === 0 ? sql<boolean>`false` : sql<boolean>`(${sql.join(ways, sql` or `)})`;
}

/**
 * Interactions from Tidings are found by the persons of the changes that name the loan, as those of a case are. Logged interactions
 * have small indexes on loans.
 */
const withLoan = (loanIds: RawBuilder<unknown>): RawBuilder<boolean> =>
  sql<boolean>`(i.origin = 'logged' and i.loan_id = any(${loanIds})
    or i.origin = 'logged' and i.loan_ids && ${loanIds}
    or i.origin = 'tidings' and (i.loan_id = any(${loanIds}) or i.loan_ids && ${loanIds})
      and i.person_id = any(array(select c.borrower_id from tidings.case_changes c where c.loan_ids && ${loanIds})))`;

/**
 * A notice goes to a contact of its person, so those from Tidings are found by the persons that have or had the contact. A contact may
 * have been given to another borrower or deleted, and the history of records knows whose it was.
 */
const withContact = (contactIds: RawBuilder<unknown>): RawBuilder<boolean> =>
  sql<boolean>`i.contact_id = any(${contactIds}) and (i.origin = 'logged' or i.origin = 'tidings' and i.person_id = any(array(
      select c.borrower_id from tidings.contacts c where c.id = any(${contactIds})
      union
      select r.changes #>> '{borrower_id,from}' from tidings.record_changes r
      where r.table_name = 'contacts' and r.row_id = any(${contactIds}) and r.changes ? 'borrower_id')))`;

/**
 * Interactions from Tidings are found by the persons of the case's changes and the index on persons. An index on cases
 * would cost time for every notice. Logged interactions have a small index on cases.
 */
const ofCase = (caseIds: readonly CaseId[]): RawBuilder<boolean> =>
  sql<boolean>`i.case_id = any(${caseIds}) and (i.origin = 'logged'
    or i.person_id = any(array(select c.borrower_id from tidings.case_moves m join tidings.case_changes c on c.id = m.case_change_id where m.case_id = any(${caseIds}))))`;
