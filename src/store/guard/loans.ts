import { type QueryExecutorProvider, type RawBuilder, sql } from "kysely";
import type { BorrowerId, LoanId } from "../../domain/ids.ts";
import type {
  Collateral,
  CollectorRole,
  LoanStatus,
  ProductType,
} from "../../domain/vocabulary.ts";
import type { KnownAt, Time } from "./known-values.ts";

export interface LoanRow {
  readonly id: LoanId;
  readonly collectorRole: CollectorRole | null;
  readonly status: LoanStatus | null;
  readonly daysPastDue: number | null;
  readonly productType: ProductType | null;
  readonly accountNumber: string | null;
  readonly collateral: Collateral | null;
  readonly accelerated: boolean | null;
  readonly statementsCeased: boolean | null;
  readonly suitTakenOrThreatened: boolean | null;
  readonly timeBarred: boolean | null;
  readonly contractedBeforeService: boolean | null;
  readonly initialCommunicationAt: Time | null;
  readonly validationPeriodEndsOn: string | null;
  readonly stateNoticeMailedAt: Time | null;
  readonly negativeInfoFurnishedAt: Time | null;
}

/**
 * Loads the loans of the borrowers and the loans with these ids, as they were known at a time; null: as they are. `data`
 * is not read: it is free JSON and has no history.
 */
export const loadLoans = (
  db: QueryExecutorProvider,
  borrowerIds: readonly BorrowerId[],
  loanIds: readonly string[],
  knownAt: KnownAt | null,
): Promise<LoanRow[]> =>
  knownAt === null
    ? readLoans(
        db,
        sql`(
          select * from tidings.loans w
          where w.borrower_id = any(${borrowerIds}::text[]) or w.id = any(${loanIds}::text[])
        )`,
      )
    : readLoans(
        db,
        sql`tidings.loans_at(${borrowerIds}::text[], ${loanIds}::text[], ${knownAt}::timestamptz)`,
      );

async function readLoans(
  db: QueryExecutorProvider,
  known: RawBuilder<unknown>,
): Promise<LoanRow[]> {
  const { rows } = await sql<LoanRow>`
    select l.id, l.collector_role, l.status, l.days_past_due, l.product_type, l.account_number, l.collateral, l.accelerated,
      l.statements_ceased, l.suit_taken_or_threatened, l.time_barred, l.contracted_before_service, l.initial_communication_at,
      l.validation_period_ends_on::text as validation_period_ends_on, l.state_notice_mailed_at, l.negative_info_furnished_at
    from ${known} l
  `.execute(db);
  return rows;
}
