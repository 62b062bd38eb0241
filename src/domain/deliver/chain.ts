import type { BorrowerId, CaseChangeId, ContactId, InteractionId, WorkerId } from "../ids.ts";
import type { PassedOver } from "../passed-over.ts";
import type { CaseChange } from "../resolve/case-change.ts";
import type { TemplateExplanation } from "../template-choice.ts";
import type { Delay, FiringRule } from "../resolve/notification-type.ts";
import type {
  AmendmentKind,
  Channel,
  HoldDecision,
  InteractionStatus,
  OnUnknown,
  Origin,
  VerdictOutcome,
  WhenCaseMoves,
} from "../vocabulary.ts";

/** One attempt of a chain, without personal data. */
export interface Attempt {
  readonly id: InteractionId;
  readonly origin: Origin;
  readonly attempt: number;
  readonly channel: Channel;
  readonly status: InteractionStatus;
  readonly statusDetails: string | null;
  readonly createdAt: Date;
  readonly dueAt: Date | null;
  readonly latestAt: Date | null;
  /** The explanation of the due time of the first attempt, from `schedule`. */
  readonly dueExplanation: object | null;
  /** True if the law requires it, and it failed, and nothing has replaced it. */
  readonly isUndelivered: boolean;
  /** The opt-out that it confirms; null for a notice. */
  readonly replyId: InteractionId | null;
  readonly personId: BorrowerId | null;
  readonly contactId: ContactId | null;
  /** The type, label and status of the contact when it was chosen. */
  readonly contactType: string | null;
  readonly contactLabel: string | null;
  readonly contactStatus: string | null;
  readonly passedOver: readonly PassedOver[] | null;
  readonly templateId: number | null;
  readonly templateVersion: number | null;
  readonly templateExplanation: TemplateExplanation | null;
  /** The newest change of the case when the content was rendered; null before that. */
  readonly newestCaseChangeId: CaseChangeId | null;
  readonly claimedBy: WorkerId | null;
  readonly provider: string | null;
  readonly providerMessageId: string | null;
  readonly ruleId: string | null;
  readonly short: string | null;
  readonly long: string | null;
}

export interface Transition {
  readonly interactionId: InteractionId;
  /** The moment at which it was recorded. */
  readonly movedAt: Date;
  /** The moment at which it happened, by the clock of its reporter. */
  readonly happenedAt: Date;
  /** The moment at which Tidings learned of it. */
  readonly learnedAt: Date;
  /** True if the clock of its reporter was ahead of ours. */
  readonly isAhead: boolean;
  readonly movedBy: string;
  readonly fromStatus: InteractionStatus | null;
  readonly toStatus: InteractionStatus;
  readonly fromStatusDetails: string | null;
  readonly toStatusDetails: string | null;
  readonly evidence: Readonly<Record<string, unknown>> | null;
}

/** A column that was changed in a stored interaction. Its values are left out, because they may be personal. */
export interface ChangedColumn {
  readonly column: string;
  /** For content only: the SHA-256 (hex) of the stored JSON before and after. Null if it is not recorded. */
  readonly fromSha256: string | null;
  readonly toSha256: string | null;
}

/** A rule put a scheduled interaction off, or its wait ended. */
export interface WaitChange {
  /** Null where the rule stayed the same, or where the wait ended. */
  readonly ruleId: string | null;
  /** The reason; null where the wait ended. */
  readonly long: string | null;
  /** The new due time, in ISO 8601; null if it is held for a person. */
  readonly until: string | null;
}

/** One result of a rule in a judgement that was not a plain allow. */
export interface JudgedRule {
  readonly ruleId: string;
  readonly outcome: VerdictOutcome;
  /** In ms since 1970. */
  readonly until?: number;
  /** The facts that decided, such as `history.5`. */
  readonly facts: readonly string[];
  readonly liftedBy?: string;
}

/** The decision of the guard about an attempt. */
export interface ChainJudgement {
  readonly interactionId: InteractionId;
  readonly judgedAt: Date;
  readonly outcome: VerdictOutcome;
  readonly ruleId: string | null;
  readonly until: Date | null;
  readonly policyVersion: number;
  readonly factsSha256: string | null;
  /** Null if every rule allowed. */
  readonly rules: readonly JudgedRule[] | null;
}

/** A person's decision about an attempt that was held. */
export interface ChainHold {
  readonly interactionId: InteractionId;
  readonly heldAt: Date;
  readonly ruleIds: readonly string[];
  readonly decision: HoldDecision | null;
  readonly decidedAt: Date | null;
  readonly decidedBy: string | null;
  readonly reason: string | null;
}

/** A rule sent the notice to another contact. */
export interface ChainRedirect {
  readonly interactionId: InteractionId;
  readonly nextInteractionId: InteractionId;
  readonly redirectedAt: Date;
  readonly ruleId: string;
  readonly fromContactId: ContactId;
  readonly toContactId: ContactId;
}

/** An amendment of the outcome of an attempt. */
export interface ChainAmendment {
  readonly interactionId: InteractionId;
  readonly kind: AmendmentKind;
  /** The correct status. */
  readonly status: InteractionStatus;
  readonly statusDetails: string | null;
  readonly reason: string;
  readonly evidence: string;
  readonly happenedAt: Date | null;
  readonly amendedAt: Date;
  readonly amendedBy: string;
  /** False if another amendment or a later transition has ended it. */
  readonly isInForce: boolean;
}

/** One change of a stored interaction other than a transition. */
export interface RecordChange {
  readonly interactionId: InteractionId;
  readonly changedAt: Date;
  readonly actor: string;
  readonly columns: readonly ChangedColumn[];
  /** Null for every other change. */
  readonly wait: WaitChange | null;
}

/** The version with which an interaction was planned. */
export interface PinnedType extends FiringRule, Delay {
  readonly id: number;
  readonly version: number;
  readonly name: string;
  readonly whenCaseMoves: WhenCaseMoves;
  readonly onUnknown: OnUnknown;
}

/** All attempts of one notice, with the case change and type that caused it. */
export interface Chain {
  /** The attempts in order; at least one. */
  readonly attempts: readonly [Attempt, ...Attempt[]];
  /** The transitions of all attempts, in order of time. */
  readonly transitions: readonly Transition[];
  /** The changes of all attempts, in order of time. */
  readonly changes: readonly RecordChange[];
  /** The judgements of all attempts, in order of time. */
  readonly judgements: readonly ChainJudgement[];
  /** The times at which an attempt was held, in order. */
  readonly holds: readonly ChainHold[];
  readonly redirects: readonly ChainRedirect[];
  /** The amendments of all attempts, in order of time. */
  readonly amendments: readonly ChainAmendment[];
  /** Null for an interaction that others logged. */
  readonly caseChange: CaseChange | null;
  readonly type: PinnedType | null;
}
