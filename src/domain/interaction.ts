import type { Evidence, ContactFinding } from "./provider-answer.ts";
import type { Channel, Theme } from "./vocabulary.ts";

/** What a notification type version makes of the changes of one moment. */
export interface PlannedNotice {
  readonly notificationTypeId: number;
  readonly notificationTypeVersion: number;
  readonly templateId: number | null;
  readonly templateVersion: number | null;
  readonly channel: Channel;
  readonly theme: Theme | null;
  readonly subject: string | null;
  readonly sensitive: boolean;
  readonly status: "scheduled" | "failed";
  readonly scheduledAtFrom: Date | null;
  readonly scheduledAtTo: Date | null;
  readonly dueExplanation: object | null;
  readonly failureDescriptionShort: string | null;
  readonly failureDescriptionLong: string | null;
}

/** An interaction about to be written: case, borrower and loans are the change's. Those of a bulk share one notice. */
export interface PlannedInteraction {
  readonly caseChangeId: string;
  readonly notice: PlannedNotice;
}

/** What is written when an interaction is claimed, before the wire. */
export interface Claim {
  readonly interactionId: string;
  readonly contactId: string;
  /** The contact as it was then. */
  readonly contact: object;
  readonly borrower: object;
  readonly content: object;
  /** How many segments a text is charged as; null for what is not a text. */
  readonly segments: number | null;
  readonly provider: string;
}

/** What becomes of an interaction that did not get as far as the wire. */
export interface Withheld {
  readonly interactionId: string;
  readonly status: "scheduled" | "failed" | "canceled";
  readonly ruleId: string | null;
  readonly short: string;
  readonly long: string;
  /** When it is judged again; only for scheduled. */
  readonly until: Date | null;
}

/** What becomes of an interaction once the provider has answered. */
export interface AttemptOutcome {
  readonly interactionId: string;
  readonly status: "attempted" | "succeeded" | "failed" | "scheduled";
  readonly statusDetails: string | null;
  readonly short: string | null;
  readonly long: string | null;
  readonly providerMessageId: string | null;
  /** Which claim this is the outcome of. */
  readonly claimedAt: Date;
  readonly startedAt: Date;
  readonly endedAt: Date;
  readonly evidence: Evidence;
  /** The same interaction is tried again then; only for scheduled. */
  readonly dueAt: Date | null;
  /** It is looked into then; only for an unknown outcome. */
  readonly askAt: Date | null;
  /** A new interaction follows then; only for failed. */
  readonly nextAttemptAt: Date | null;
  readonly finding: ContactFinding | null;
}
