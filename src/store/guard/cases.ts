import { type QueryExecutorProvider, sql } from "kysely";
import type { BorrowerId, CaseId } from "../../domain/ids.ts";
import type { LegalState } from "../../domain/vocabulary.ts";
import type { KnownAt } from "./known-values.ts";
import { isStanding } from "./standing.ts";

/** A case of a type that stands for a legal state. */
export interface CaseRow {
  readonly id: CaseId;
  readonly borrowerId: BorrowerId;
  readonly legalState: LegalState;
  readonly status: string;
  readonly outcome: string | null;
  readonly loanIds: readonly string[];
  readonly fields: Readonly<Record<string, unknown>>;
}

/** Loads the cases of the borrowers that stand for a legal state, as they were known at a time; null: as they are. */
export async function loadCases(
  db: QueryExecutorProvider,
  borrowerIds: readonly BorrowerId[],
  knownAt: KnownAt | null,
): Promise<CaseRow[]> {
  const { rows } = await sql<CaseRow>`
    select c.id, c.borrower_id, s.legal_state, k.status, k.outcome, k.loan_ids, k.fields
    from tidings.cases c
    join tidings.case_type_legal_states s on s.case_type_id = c.case_type_id
      and ${isStanding(sql`s.recorded_at`, sql`s.withdrawn_at`, knownAt)}
    cross join lateral (
      select c.status, c.outcome, c.loan_ids, c.fields where ${knownAt}::timestamptz is null
      union all
      (
        select h.status::text, h.outcome::text, h.loan_ids, h.fields
        from tidings.case_moves m
        join tidings.case_changes h on h.id = m.case_change_id
        where m.case_id = c.id and m.changed_at <= ${knownAt}::timestamptz and h.received_at <= ${knownAt}::timestamptz
        order by m.changed_at desc, m.case_change_id desc
        limit 1
      )
    ) k
    where c.borrower_id = any(${borrowerIds}::text[])
    order by c.id
  `.execute(db);
  return rows;
}
