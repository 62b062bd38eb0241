import type { BorrowerId, CaseChangeId, CaseId, LoanId } from "../ids.ts";
import type { CaseStatus, Outcome } from "../vocabulary.ts";

/** The part of a case that triggers read. */
export interface CaseState {
  readonly status: CaseStatus;
  readonly outcome: Outcome | null;
}

export interface FollowingChange extends CaseState {
  readonly fields: Readonly<Record<string, unknown>>;
  /** False if the change only makes its case known and causes no notice. */
  readonly fires: boolean;
}

/** One row that the core system inserted: the case after the change, and what intake recorded about it. */
export interface CaseChange extends CaseState {
  readonly id: CaseChangeId;
  readonly caseId: CaseId;
  readonly caseTypeId: string;
  readonly borrowerId: BorrowerId;
  readonly loanIds: readonly LoanId[];
  readonly fields: Readonly<Record<string, unknown>>;
  readonly changedAt: Date;
  /** The time at which the change arrived, which may be long after `changedAt`. */
  readonly receivedAt: Date;
  readonly supercaseBulkOperationId: string | null;
  /** The case just before this change; null if the case was not known. */
  readonly before: CaseState | null;
  /** Only for a change that arrived late: the next change in time, which was already resolved. */
  readonly following: FollowingChange | null;
}
