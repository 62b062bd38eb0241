import type { CaseChange, CaseState } from "../resolve/case-change.ts";
import type { CaseChangeLine } from "./case-change-line.ts";
import type { Contact } from "../deliver/contact.ts";
import type { Borrower, Loan } from "../deliver/fact-sheet.ts";
import type { BorrowerId, LoanId } from "../ids.ts";
import type { OnUnknown, WhenCaseMoves } from "../vocabulary.ts";

/** The state of a case after a change. */
export interface CaseFacts extends CaseState {
  readonly fields: Readonly<Record<string, unknown>>;
}

interface DatedFacts extends CaseFacts {
  readonly changedAt: Date;
}

/** A case change with the data that neighbouring changes need. */
export interface KnownChange extends DatedFacts {
  readonly fires: boolean;
}

/** The state of a case in the database around the time of a change that is not stored. */
export interface Neighbors {
  /** The last change up to that time, and the first one after it. */
  readonly before: KnownChange | null;
  readonly following: KnownChange | null;
  /** The current state of the case. */
  readonly newest: DatedFacts | null;
}

/** A line of a file of case changes. Lines count from 1. */
export interface ReadLine {
  readonly line: number;
  readonly change: CaseChangeLine;
}

/** The referenced rows that exist in the database. */
export interface References {
  readonly caseTypeIds: ReadonlySet<string>;
  readonly borrowerIds: ReadonlySet<string>;
  readonly loanIds: ReadonlySet<string>;
  readonly externalIds: ReadonlySet<string>;
}

/** A case change in a dry run: stored already, or arriving now. */
export interface Arrival {
  /** The name of the change in the output, such as `line 3`. */
  readonly label: string;
  readonly change: CaseChange;
  /** The reason why it fires nothing with any type: it only makes its case known, or it is stored already. */
  readonly idle: "firesNothing" | "repeats" | null;
  /** The case after this change, for notices that are due at once. */
  readonly caseNow: CaseFacts;
  /** The case after all changes of the dry run, for notices that are due later. */
  readonly caseLater: CaseFacts;
}

/** The properties of a notification type that delivery uses. */
export interface TypeRules {
  readonly id: number;
  readonly name: string;
  readonly whenCaseMoves: WhenCaseMoves;
  readonly onUnknown: OnUnknown;
  /** The reason of the pause that covers this type and ends last, or null. */
  readonly pausedBecause: string | null;
  /** The end of that pause; null if there is none, or if it ends only by its release. */
  readonly pausedUntil: Date | null;
}

/** The rows that some case changes reference, by id. */
export interface DryRunFacts {
  readonly caseTypeNames: ReadonlyMap<string, string>;
  readonly people: ReadonlyMap<
    BorrowerId,
    { readonly borrower: Borrower; readonly contacts: readonly Contact[] }
  >;
  readonly loans: ReadonlyMap<LoanId, Loan>;
  readonly rules: ReadonlyMap<number, TypeRules>;
}
