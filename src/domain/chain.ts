import type { CaseChange } from "./case-change.ts";
import type { Delay, Trigger } from "./notification-type.ts";
import type { Channel, InteractionStatus, OnUnknown, Origin, WhenCaseMoves } from "./vocabulary.ts";

/** One attempt of a chain, without anything that names a person. */
export interface Attempt {
  readonly id: string;
  readonly origin: Origin;
  readonly attempt: number;
  readonly channel: Channel;
  readonly status: InteractionStatus;
  readonly statusDetails: string | null;
  readonly createdAt: Date;
  readonly dueAt: Date | null;
  readonly latestAt: Date | null;
  /** How the date of the first attempt came about, as `schedule` explained it. */
  readonly dueExplanation: object | null;
  readonly personId: string | null;
  readonly contactId: string | null;
  /** The contact's type, label and status when it was chosen. */
  readonly contactType: string | null;
  readonly contactLabel: string | null;
  readonly contactStatus: string | null;
  readonly templateId: number | null;
  readonly templateVersion: number | null;
  readonly claimedBy: string | null;
  readonly provider: string | null;
  readonly providerMessageId: string | null;
  readonly ruleId: string | null;
  readonly short: string | null;
  readonly long: string | null;
}

export interface Transition {
  readonly interactionId: string;
  readonly movedAt: Date;
  readonly movedBy: string;
  readonly fromStatus: InteractionStatus | null;
  readonly toStatus: InteractionStatus;
  readonly fromStatusDetails: string | null;
  readonly toStatusDetails: string | null;
  readonly evidence: Readonly<Record<string, unknown>> | null;
}

/** The version an interaction was planned with. */
export interface PinnedType extends Trigger, Delay {
  readonly id: number;
  readonly version: number;
  readonly name: string;
  readonly whenCaseMoves: WhenCaseMoves;
  readonly onUnknown: OnUnknown;
}

/** All attempts to tell a borrower one thing, with what set them in motion. */
export interface Chain {
  /** In order; at least one. */
  readonly attempts: readonly [Attempt, ...Attempt[]];
  /** Of all attempts, in the order they happened. */
  readonly transitions: readonly Transition[];
  /** Null for what others have logged. */
  readonly caseChange: CaseChange | null;
  readonly type: PinnedType | null;
}
