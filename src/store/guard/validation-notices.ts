import { type QueryExecutorProvider, sql } from "kysely";
import type { ValidationNotice } from "../../domain/guard/facts.ts";
import type { BorrowerId } from "../../domain/ids.ts";
import type { TemplateStatement, Theme } from "../../domain/vocabulary.ts";
import { statusThen } from "./interactions.ts";
import type { KnownAt } from "./known-values.ts";
import type { LoanRow } from "./loans.ts";

/** A validation notice, and the borrower to whom it was sent. */
export interface NoticeRow {
  readonly borrowerId: BorrowerId;
  readonly notice: ValidationNotice;
}

/** A validation notice has this theme, or a template that declares this form. */
export const VALIDATION_THEME: Theme = "opsLoanValidationOfDebtNotice";
export const VALIDATION_FORM: TemplateStatement = "validationB1";

/** True if the end of the validation period follows from the notice on record: the core system has not stated it. */
export const isUndated = ({ collectorRole, validationPeriodEndsOn }: LoanRow): boolean =>
  collectorRole === "debtCollector" && validationPeriodEndsOn === null;

/**
 * Loads the validation notices that were sent to these borrowers about these loans and did not come back, as it was known at a time;
 * null: now. A letter that another system logs counts as well. An amendment in force states the outcome. A call is no notice.
 */
export async function loadValidationNotices(
  db: QueryExecutorProvider,
  borrowerIds: readonly BorrowerId[],
  loanIds: readonly string[],
  knownAt: KnownAt | null,
): Promise<NoticeRow[]> {
  if (loanIds.length === 0) return [];
  const known = knownAt ?? NOW;
  const { rows } = await sql<{ borrowerId: BorrowerId; loanId: string; sentAt: Date }>`
    select i.person_id as borrower_id, l.id as loan_id, coalesce(i.started_at, i.scheduled_at_from, i.created_at) as sent_at
    from tidings.interactions i
    join unnest(${loanIds}::text[]) l(id) on l.id = i.loan_id or l.id = any(i.loan_ids)
    left join tidings.templates m on m.id = i.template_id and m.version = i.template_version
    ${statusThen(known)}
    left join lateral (
      select e.status, e.status_details from tidings.amendments e
      where e.interaction_id = i.id and e.transition_id = s.transition_id and e.amended_at <= ${known}::timestamptz
      order by e.id desc
      limit 1
    ) a on true
    where i.person_id = any(${borrowerIds}::text[]) and i.deleted_at is null and i.direction is distinct from 'inbound' and i.channel <> 'voice'
      and (i.theme = ${VALIDATION_THEME}::text or ${VALIDATION_FORM}::text = any(m.declares))
      and tidings.was_sent(coalesce(a.status, s.status), case when a.status is null then s.status_details else a.status_details end)
  `.execute(db);
  return rows.map(({ borrowerId, loanId, sentAt }) => ({
    borrowerId,
    notice: { loanId, sentAt: sentAt.getTime() },
  }));
}

/** Later than all that is on record */
const NOW = "infinity" as KnownAt;
