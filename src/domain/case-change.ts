import type { CaseStatus, Outcome } from "./vocabulary.ts";

/** What triggers look at. */
export interface CaseState {
  readonly status: CaseStatus;
  readonly outcome: Outcome | null;
}

export interface FollowingChange extends CaseState {
  readonly fields: Readonly<Record<string, unknown>>;
  /** False where it only boarded the case. */
  readonly fires: boolean;
}

/** One row the core system inserted: the case as it stood after the change, and what intake noted beside it. */
export interface CaseChange extends CaseState {
  readonly id: string;
  readonly caseId: string;
  readonly caseTypeId: string;
  readonly borrowerId: string;
  readonly loanIds: readonly string[];
  readonly fields: Readonly<Record<string, unknown>>;
  readonly changedAt: Date;
  readonly supercaseBulkOperationId: string | null;
  /** The case just before this change; null when nothing was known of it. */
  readonly before: CaseState | null;
  /** Only for a change that arrived late: the change that follows it in time and had been judged already. */
  readonly following: FollowingChange | null;
}
