import type { CaseChange, CaseState } from "../case-change.ts";
import type { CaseChangeLine } from "./case-change-line.ts";
import type { Contact } from "../contact.ts";
import type { Borrower, Loan } from "../fact-sheet.ts";
import type { OnUnknown, WhenCaseMoves } from "../vocabulary.ts";

/** A case as a change left it. */
export interface CaseFacts extends CaseState {
  readonly fields: Readonly<Record<string, unknown>>;
}

interface DatedFacts extends CaseFacts {
  readonly changedAt: Date;
}

/** A change of a case as the changes around it see it. */
export interface KnownChange extends DatedFacts {
  readonly fires: boolean;
}

/** What the database knows of a case around the moment of a change that is not in it. */
export interface Around {
  /** The last change up to that moment, and the first one after it. */
  readonly before: KnownChange | null;
  readonly following: KnownChange | null;
  /** The case as it stands. */
  readonly newest: DatedFacts | null;
}

/** A line of a file of case changes; lines count from one. */
export interface ReadLine {
  readonly line: number;
  readonly change: CaseChangeLine;
}

/** What lines name, as far as the database has it. */
export interface References {
  readonly caseTypeIds: ReadonlySet<string>;
  readonly borrowerIds: ReadonlySet<string>;
  readonly externalIds: ReadonlySet<string>;
}

/** A case change as a dry run looks at it: arrived already, or arriving now. */
export interface Arrival {
  /** Names it to whoever asked, such as `line 3`. */
  readonly label: string;
  readonly change: CaseChange;
  /** Why it sets nothing in motion, whatever the types say: it only boards its case, or the table has it already. */
  readonly idle: "boards" | "repeats" | null;
  /** The case once this change is in, for what is due at once. */
  readonly caseNow: CaseFacts;
  /** The case once all that is looked at is in, for what is due later. */
  readonly caseLater: CaseFacts;
}

/** What delivering will ask of a notification type's active version, beside what makes it fire. */
export interface TypeRules {
  readonly id: number;
  readonly name: string;
  readonly whenCaseMoves: WhenCaseMoves;
  readonly onUnknown: OnUnknown;
  /** Why everything, its channel or it itself is paused; null when nothing is. */
  readonly pausedBecause: string | null;
}

/** What the database holds of everybody and everything some case changes name, by id. */
export interface Surroundings {
  readonly caseTypeNames: ReadonlyMap<string, string>;
  readonly people: ReadonlyMap<
    string,
    { readonly borrower: Borrower; readonly contacts: readonly Contact[] }
  >;
  readonly loans: ReadonlyMap<string, Loan>;
  readonly rules: ReadonlyMap<number, TypeRules>;
}
