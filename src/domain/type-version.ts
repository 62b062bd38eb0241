import type {
  CaseStatus,
  Channel,
  DelayUnit,
  Outcome,
  Theme,
  VersionStatus,
} from "./vocabulary.ts";

/** What whoever configures a notification type says of it. */
export interface TypeFields {
  readonly name: string;
  readonly description: string;
  readonly status: VersionStatus;
  readonly onStatus: CaseStatus | null;
  readonly onOutcome: Outcome | null;
  /** As they were given: a draft may hold conditions that could not be activated. */
  readonly onCondition: readonly object[] | null;
  readonly channel: Channel | null;
  readonly theme: Theme | null;
  readonly templateId: number | null;
  readonly delay: number | null;
  readonly unit: DelayUnit | null;
}

/** One version of a notification type as it is configured, with the times the database keeps. */
export interface TypeVersion extends TypeFields {
  readonly id: number;
  readonly version: number;
  readonly createdAt: Date;
  readonly updatedAt: Date | null;
  readonly publishedAt: Date | null;
  readonly deprecatedAt: Date | null;
}
