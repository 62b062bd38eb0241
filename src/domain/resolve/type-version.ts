import type {
  CaseStatus,
  Channel,
  DelayUnit,
  Outcome,
  Theme,
  VersionStatus,
} from "../vocabulary.ts";

/** The configured properties of a notification type. */
export interface TypeFields {
  readonly name: string;
  readonly description: string;
  readonly status: VersionStatus;
  readonly onStatus: CaseStatus | null;
  readonly onOutcome: Outcome | null;
  /** The conditions as given. A draft may contain conditions that cannot be activated. */
  readonly onCondition: readonly object[] | null;
  readonly channel: Channel | null;
  readonly theme: Theme | null;
  readonly templateId: number | null;
  readonly delay: number | null;
  readonly unit: DelayUnit | null;
}

/** One version of a notification type, with the times that the database sets. */
export interface TypeVersion extends TypeFields {
  readonly id: number;
  readonly version: number;
  readonly createdAt: Date;
  readonly updatedAt: Date | null;
  readonly publishedAt: Date | null;
  readonly deprecatedAt: Date | null;
}
