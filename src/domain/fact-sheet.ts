import type { Contact } from "./contact.ts";
import type { Condition } from "./notification-type.ts";
import type {
  CaseStatus,
  Channel,
  OnUnknown,
  Outcome,
  Theme,
  WhenCaseMoves,
} from "./vocabulary.ts";

export interface Borrower {
  readonly id: string;
  readonly externalId: string | null;
  readonly displayId: string | null;
  readonly borrowerType: string;
  readonly status: string;
  /** As the lender keeps it: firstName, lastName, or legalName of a business. */
  readonly name: Readonly<Record<string, unknown>>;
  readonly language: string;
  readonly timeZone: string | null;
  readonly collectionsIntensity: string;
  readonly commPreferences: Readonly<Record<string, unknown>>;
  readonly metaData: Readonly<Record<string, unknown>>;
}

export interface Loan {
  readonly id: string;
  readonly externalId: string | null;
  readonly displayId: string | null;
  readonly loanTypeId: string | null;
  readonly data: Readonly<Record<string, unknown>>;
}

/** All that judging and rendering may know of one interaction, loaded at the moment it would leave. */
export interface FactSheet {
  readonly interactionId: string;
  readonly channel: Channel;
  readonly theme: Theme | null;
  /** Its content is sealed at rest. */
  readonly sensitive: boolean;
  readonly attempt: number;
  /** The id of the first attempt. */
  readonly chainId: string;
  readonly dueAt: Date;
  /** After this it is too late to send. */
  readonly latestAt: Date | null;
  readonly templateId: number;
  readonly templateVersion: number;
  readonly notificationType: {
    readonly id: number;
    readonly version: number;
    readonly name: string;
    readonly onStatus: CaseStatus | null;
    readonly onOutcome: Outcome | null;
    readonly onCondition: readonly Condition[];
    readonly whenCaseMoves: WhenCaseMoves;
    readonly onUnknown: OnUnknown;
  };
  /** As the case stands now, not as it stood when it fired. */
  readonly case: {
    readonly id: string;
    readonly typeId: string;
    readonly typeName: string;
    readonly status: CaseStatus;
    readonly outcome: Outcome | null;
    readonly fields: Readonly<Record<string, unknown>>;
  };
  /** Why everything, this channel or this notification type is paused; null when nothing is. */
  readonly pausedBecause: string | null;
  readonly borrower: Borrower;
  readonly loans: readonly Loan[];
  readonly contacts: readonly Contact[];
}
