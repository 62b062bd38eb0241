import type { GapKind } from "../gap-kinds.ts";
import type { CaseChangeId, CaseId, InteractionId } from "../ids.ts";
import type { CaseChange, CaseState } from "../resolve/case-change.ts";
import type { Resolution } from "../resolve/case-history.ts";

/** One difference, with ids and no personal data. */
export interface Gap {
  readonly kind: GapKind;
  readonly caseChangeId: CaseChangeId;
  readonly caseId: CaseId;
  readonly notificationTypeId: number | null;
  /** The version that should have made a missing notice; null for other gaps. */
  readonly notificationTypeVersion: number | null;
  readonly interactionId: InteractionId | null;
  /** A sentence that states the difference. */
  readonly long: string;
}

/** The record of intake about a change. */
export interface RecordedMove {
  readonly statusBefore: CaseState["status"] | null;
  readonly outcomeBefore: CaseState["outcome"];
}

/** An earlier change of the same case, in time. */
export interface EarlierState extends CaseState {
  /** False if it may have been taken in after the change that is audited, so that intake may not have seen it. */
  readonly isCertain: boolean;
}

/** A first attempt that names the change as its cause, with the attempts that follow it. */
export interface RecordedNotice {
  readonly interactionId: InteractionId;
  readonly notificationTypeId: number;
  readonly notificationTypeVersion: number;
  /** The number of attempts on record, and the highest number that one of them has. */
  readonly attempts: number;
  readonly lastAttempt: number;
}

/** A case change with all that the record has about it. */
export interface AuditedChange {
  /** `before` is what intake recorded; null also if there is no record of intake. */
  readonly change: CaseChange;
  readonly fires: boolean;
  readonly move: RecordedMove | null;
  /** The earlier changes of the case, the newest first; at most as many as the loader reads. */
  readonly earlier: readonly EarlierState[];
  /** True if `earlier` may lack older changes. */
  readonly hasMoreEarlier: boolean;
  readonly resolution: Resolution | null;
  /** True if the fields of the change, or of the next change in time, are erased on record. */
  readonly isErased: boolean;
  /** True if the change waits in a queue to be taken in or resolved. */
  readonly isQueued: boolean;
  /** The constraint or SQLSTATE because of which it was not taken in or resolved; null if it was not tried or did not fail. */
  readonly refusedBy: string | null;
  readonly notices: readonly RecordedNotice[];
}

/** The result of the audit of one change. */
export interface AuditedResult {
  readonly gaps: readonly Gap[];
  /** The number of notices that the change should have caused; 0 while that is not known. */
  readonly expected: number;
  /** True while the change waits in a queue. */
  readonly isWaiting: boolean;
  /** True if the verdicts on record were taken and not recomputed, because the fields are erased. */
  readonly isTakenFromRecord: boolean;
}
