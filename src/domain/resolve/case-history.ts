import type { BorrowerId, CaseChangeId, InteractionId } from "../ids.ts";
import type { InteractionStatus } from "../vocabulary.ts";
import type { CaseChange } from "./case-change.ts";
import type { FiringRule } from "./notification-type.ts";
import type { Verdicts } from "./resolution.ts";

/** The record of the resolution of a case change. */
export interface Resolution {
  readonly resolvedAt: Date;
  readonly resolvedBy: string;
  readonly verdicts: Verdicts;
}

/** A first attempt that a case change caused, with the state of the last attempt of its chain. */
export interface CausedNotice {
  readonly caseChangeId: CaseChangeId;
  readonly interactionId: InteractionId;
  readonly lastInteractionId: InteractionId;
  readonly notificationTypeId: number;
  readonly status: InteractionStatus;
  readonly statusDetails: string | null;
}

/** The tries of a case change that has no resolution yet. */
export interface Waiting {
  readonly attempts: number;
  /** A constraint or an SQLSTATE; null before the first failed try. */
  readonly failedBy: string | null;
}

/** A case change with everything that was decided about it. */
export interface ResolvedChange {
  readonly change: CaseChange;
  readonly borrowerId: BorrowerId;
  /** False if the change only makes its case known. */
  readonly fires: boolean;
  readonly resolution: Resolution | null;
  /** Null if it has a resolution, or needs none. */
  readonly waiting: Waiting | null;
  readonly notices: readonly CausedNotice[];
  /** The moment, the author and the reason of the erasure of the fields; null if they were not erased. */
  readonly erased: { readonly at: Date; readonly by: string; readonly reason: string } | null;
}

/** A published or draft version of a notification type, with the times of its life. */
export interface VersionLife extends FiringRule {
  readonly id: number;
  readonly version: number;
  readonly name: string;
  readonly publishedAt: Date | null;
  readonly deprecatedAt: Date | null;
}

/** A moment at which a notification type was linked to a case type, or its link was removed. */
export interface LinkChange {
  readonly caseTypeId: string;
  readonly notificationTypeId: number;
  readonly changedAt: Date;
  readonly actor: string;
  readonly isLinked: boolean;
}

/** The types that some changes were, or could have been, matched with. */
export interface TypeHistory {
  readonly versions: readonly VersionLife[];
  /** The changes of all links of the case types, in order of time. */
  readonly linkChanges: readonly LinkChange[];
  /** The types that are linked now. */
  readonly linked: readonly {
    readonly caseTypeId: string;
    readonly notificationTypeId: number;
  }[];
}
