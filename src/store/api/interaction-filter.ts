import { sql, type RawBuilder } from "kysely";
import type { BorrowerId, CaseId, ContactId, InteractionId, LoanId } from "../../domain/ids.ts";
import type { Reference } from "../../domain/reference.ts";
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
  status: "status",
  statusDetails: "status_details",
  theme: "theme",
  subject: "subject",
  direction: "direction",
  notificationTypeId: "notification_type_id",
  providerMessageId: "provider_message_id",
  supercaseBulkOperationId: "supercase_bulk_operation_id",
} as const;

/** Builds the filter as a condition on the interactions `i`. */
export function conditionOf(filter: InteractionFilter): RawBuilder<boolean> {
  const { id, personId, sensitive, loanId, contactId, caseId } = filter;
  const { dueFrom, dueBefore, createdFrom, createdBefore } = filter;
  const words = Object.entries(COLUMNS).map(([name, column]) => {
    const wanted = filter[name as keyof typeof COLUMNS];
    return wanted && sql<boolean>`${sql.ref(`i.${column}`)} = any(${wanted})`;
  });
  const conditions = [
    id && sql<boolean>`i.id = ${id}::bigint`,
    personId === undefined ? undefined : sql<boolean>`i.person_id = ${personId}`,
    ...words,
    sensitive === undefined ? undefined : sql<boolean>`i.sensitive = ${sensitive}`,
    loanId && withLoan(sql`array[${sql.join(loanId.map((each) => idOf("loans", each)))}]`),
    contactId &&
      sql<boolean>`i.contact_id = any(array[${sql.join(contactId.map((each) => idOf("contacts", each)))}])`,
    caseId && ofCase(caseId),
    dueFrom && sql<boolean>`i.scheduled_at_from >= ${dueFrom}`,
    dueBefore && sql<boolean>`i.scheduled_at_from < ${dueBefore}`,
    createdFrom && sql<boolean>`i.created_at >= ${createdFrom}`,
    createdBefore && sql<boolean>`i.created_at < ${createdBefore}`,
  ].filter((condition) => condition !== undefined);
  return conditions.length === 0
    ? sql<boolean>`true`
    : sql<boolean>`${sql.join(conditions, sql` and `)}`;
}

const withLoan = (loanIds: RawBuilder<unknown>): RawBuilder<boolean> =>
  sql<boolean>`(i.loan_id = any(${loanIds}) or i.loan_ids && ${loanIds})`;

/**
 * Interactions from Tidings are found by the persons of the case's changes and the index on persons. An index on cases
 * would cost time for every notice. Logged interactions have a small index on cases.
 */
const ofCase = (caseIds: readonly CaseId[]): RawBuilder<boolean> =>
  sql<boolean>`i.case_id = any(${caseIds}) and (i.origin = 'logged'
    or i.person_id = any(array(select c.borrower_id from tidings.case_moves m join tidings.case_changes c on c.id = m.case_change_id where m.case_id = any(${caseIds}))))`;
