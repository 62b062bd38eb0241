import type { StopRuleId } from "./delivery-rules.ts";
import type { PassedOver } from "./passed-over.ts";
import type { CaseChangeId, ContactId, InteractionId } from "./ids.ts";
import type { Evidence, ContactFinding } from "./provider-answer.ts";
import type { TemplateExplanation } from "./template-choice.ts";
import type { StatusDetails } from "./status-details.ts";
import type { Channel, Theme } from "./vocabulary.ts";

/** The terms of the notices that a notification type version sends for the changes of one moment. */
export interface NoticeTerms {
  readonly notificationTypeId: number;
  readonly notificationTypeVersion: number;
  readonly templateId: number | null;
  readonly templateVersion: number | null;
  readonly channel: Channel;
  readonly theme: Theme | null;
  readonly subject: string | null;
  readonly sensitive: boolean;
  /** False for advertising; null if no template could be chosen. */
  readonly isTransactional: boolean | null;
  readonly status: "scheduled" | "failed";
  readonly scheduledAtFrom: Date | null;
  readonly scheduledAtTo: Date | null;
  readonly dueExplanation: object | null;
  /** Null if no template could be chosen. */
  readonly templateExplanation: TemplateExplanation | null;
  readonly failureDescriptionShort: string | null;
  readonly failureDescriptionLong: string | null;
}

/** The data that is written when an interaction is claimed. */
export interface Claim {
  readonly interactionId: InteractionId;
  readonly contactId: ContactId;
  /** A copy of the contact at that time. */
  readonly contact: object;
  /** The contacts that would have been preferred; null if there is none. */
  readonly passedOver: readonly PassedOver[] | null;
  readonly borrower: object;
  readonly content: object;
  /** The newest change of the case at that time; null for a confirmation. */
  readonly newestCaseChangeId: CaseChangeId | null;
  /** The number of billed segments of a text; null for other channels. */
  readonly segments: number | null;
  readonly provider: string;
}

/** The result for an interaction that judging or rendering withheld: it waits, is held for a person, failed or is canceled. */
export interface Withheld {
  readonly interactionId: InteractionId;
  readonly status: "scheduled" | "failed" | "canceled";
  readonly ruleId: StopRuleId;
  readonly short: string;
  readonly long: string;
  /** The time at which it is judged again; only for scheduled. */
  readonly until: Date | null;
  /** The rules by which it waits for a person, the deciding one first; only for scheduled. */
  readonly heldBy?: readonly StopRuleId[];
}

/** The outcome of an interaction after the provider's answer. */
export interface AttemptOutcome {
  readonly interactionId: InteractionId;
  readonly status: "attempted" | "succeeded" | "failed" | "scheduled";
  readonly statusDetails: StatusDetails | null;
  readonly short: string | null;
  readonly long: string | null;
  readonly providerMessageId: string | null;
  /** The claim to which this outcome belongs. */
  readonly claimedAt: Date;
  readonly startedAt: Date;
  readonly endedAt: Date;
  readonly evidence: Evidence;
  /** The time at which the same interaction is sent; only for scheduled. */
  readonly dueAt: Date | null;
  /** The time at which it is settled; only for an unknown outcome. */
  readonly settleAt: Date | null;
  /** The time of the next attempt; only for failed. */
  readonly nextAttemptAt: Date | null;
  readonly finding: ContactFinding | null;
}
