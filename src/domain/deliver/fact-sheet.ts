import type {
  BorrowerId,
  CaseChangeId,
  CaseId,
  ChainId,
  ContactId,
  InteractionId,
  LoanId,
} from "../ids.ts";
import type { Contact } from "./contact.ts";
import type { Condition } from "../resolve/notification-type.ts";
import type {
  CaseStatus,
  Channel,
  OnUnknown,
  Outcome,
  Theme,
  WhenCaseMoves,
} from "../vocabulary.ts";

export interface Borrower {
  readonly id: BorrowerId;
  readonly externalId: string | null;
  readonly displayId: string | null;
  readonly borrowerType: string;
  readonly status: string;
  /** ISO times, as Postgres writes them in JSON. */
  readonly statusUpdatedAt: string;
  readonly createdAt: string;
  /** The name as the lender stores it: firstName and lastName, or legalName of a business. */
  readonly name: Readonly<Record<string, unknown>>;
  readonly language: string;
  readonly timeZone: string | null;
  readonly collectionsIntensity: string;
  readonly commPreferences: Readonly<Record<string, unknown>>;
  readonly metaData: Readonly<Record<string, unknown>>;
}

export interface Loan {
  readonly id: LoanId;
  readonly externalId: string | null;
  readonly displayId: string | null;
  readonly loanTypeId: string | null;
  readonly data: Readonly<Record<string, unknown>>;
}

/** The notification type version that has planned a notice. */
export interface DueType {
  readonly id: number;
  readonly version: number;
  readonly name: string;
  readonly onStatus: CaseStatus | null;
  readonly onOutcome: Outcome | null;
  readonly onCondition: readonly Condition[];
  readonly whenCaseMoves: WhenCaseMoves;
  readonly onUnknown: OnUnknown;
}

export interface DueCase {
  readonly id: CaseId;
  readonly typeId: string;
  readonly typeName: string;
  readonly status: CaseStatus;
  readonly outcome: Outcome | null;
  readonly fields: Readonly<Record<string, unknown>>;
}

export interface CaseNow {
  readonly changeId: CaseChangeId;
  readonly status: CaseStatus;
  readonly outcome: Outcome | null;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** An opt-out by text. Its one confirmation goes to the number from which it came: 47 CFR 64.1200(a)(12). */
export interface AnsweredReply {
  readonly id: InteractionId;
  readonly contactId: ContactId;
  /** The number at that time. */
  readonly value: string;
}

/** All facts that judging and rendering use for one interaction, loaded when it is due. */
export interface FactSheet {
  readonly interactionId: InteractionId;
  readonly channel: Channel;
  readonly theme: Theme | null;
  /** False for advertising; null if nothing is known. */
  readonly isTransactional: boolean | null;
  /** The rules of the guard whose holds a person has released; null if there are none. */
  readonly releasedRules: readonly string[] | null;
  /** True if its content is sealed at rest. */
  readonly sensitive: boolean;
  /** The attempts to reach this contact begin with 1 after a redirect. */
  readonly attempt: number;
  /** The contact to which a redirect sends it; null: the contact is chosen. */
  readonly redirectedTo: ContactId | null;
  /** The number of earlier claims of this attempt: it waited, was never sent, or was sent and never accepted. */
  readonly claims: number;
  /** The id of the first attempt. */
  readonly chainId: ChainId;
  readonly dueAt: Date;
  /** The latest time at which it may be sent. */
  readonly latestAt: Date | null;
  readonly templateId: number;
  readonly templateVersion: number;
  /** The opt-out that the message confirms; null for a notice. */
  readonly reply: AnsweredReply | null;
  /** Null for a confirmation, which no type and no case has caused. */
  readonly notificationType: DueType | null;
  /** The case after the change that fired. A notice states the facts of that change and of no other. */
  readonly case: DueCase | null;
  /** The current state of the case, which decides whether the notice may still be sent. */
  readonly caseNow: CaseNow | null;
  /** The reason of the pause that covers this interaction and ends last, or null. */
  readonly pausedBecause: string | null;
  /** The end of that pause; null if there is none, or if it ends only by its release. */
  readonly pausedUntil: Date | null;
  readonly borrower: Borrower;
  readonly loans: readonly Loan[];
  readonly contacts: readonly Contact[];
}
