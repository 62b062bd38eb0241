import type { FaultScope } from "../../domain/codes/meaning.ts";
import type { Channel, InteractionStatus } from "../../domain/vocabulary.ts";

/** The status and details of an interaction. */
export interface Progress {
  readonly status: InteractionStatus;
  readonly statusDetails: string | null;
}

/** How many failures of the soft kind, over which time, make a contact unusable. */
export interface SoftLimit {
  readonly count: number;
  /** The failures count together if they are no further apart than this. */
  readonly withinDays?: number;
  /** The first and the last must be at least so far apart: one bad day does not end an address. */
  readonly overDays?: number;
  readonly makes: "invalid" | "notTextable";
}

/** What a receipt says of the contact itself, to be written back. */
export type ContactEffect =
  | { readonly kind: "invalid" }
  | { readonly kind: "notTextable" }
  | { readonly kind: "optedOut" }
  | { readonly kind: "softFailure"; readonly limit: SoftLimit }
  /** A line-type lookup decides: a landline takes no texts. */
  | { readonly kind: "lineTypeLookup" }
  | { readonly kind: "disconnectionCheck" }
  /** Somebody else may have read what was sent: rule party.leaked. */
  | { readonly kind: "leakReview" }
  /** The provider names a new address. It is added unverified. */
  | { readonly kind: "newAddress" };

/** What follows a failure. All waits are in minutes and counted from the receipt. */
export type Retry =
  | { readonly kind: "none" }
  /** Before the second attempt, the third, and so on. */
  | { readonly kind: "wait"; readonly minutes: readonly number[] }
  /** The guard judges anew at once; the message expires if its latest time has passed. */
  | { readonly kind: "judge"; readonly expired: string }
  /** The cap of US carriers is over at midnight in Los Angeles. */
  | { readonly kind: "nextCapDay" }
  | { readonly kind: "afterFix"; readonly circuit: FaultScope; readonly isDueAgain: boolean };

/** What a code means where the status makes it count. */
export interface CodeMeaning {
  readonly short: string;
  /** A sentence that says what to do. */
  readonly long: string;
  /** In place of the status's own details. */
  readonly statusDetails?: string;
  readonly contact: readonly ContactEffect[];
  readonly retry: Retry;
  /** The rule of the guard that the failure stands for. */
  readonly ruleId?: string;
  /** Whether the table has a row for the code. One without is told apart from others by chance only. */
  readonly isNamed: boolean;
}

/** A word of the provider. */
export interface StatusRow {
  readonly rawStatus: string;
  /** Rank decides: among the receipts that fit, the highest gives the status. */
  readonly rank: number;
  /** Null where the word says nothing of the message. */
  readonly progress: Progress | null;
  /** Details by what the provider adds; the first pattern that fits. */
  readonly qualified?: readonly (readonly [qualifier: RegExp, progress: Progress])[];
  /** Of these words, any that came as well is believed in its place. */
  readonly yieldsTo?: readonly string[];
  /** Whether the code is read. Twilio sends codes with words that they do not belong to. */
  readonly readsCode?: true;
  /** A code that does not begin so contradicts the word. */
  readonly codeClass?: RegExp;
  /** What it says of the contact, whatever else came. */
  readonly contact?: readonly ContactEffect[];
  /** For the caps on calls (rule freq.7in7): whether the phone rang. */
  readonly countsAsCall?: boolean | "afterRinging";
}

/** A provider's words: what may follow what, and what each means. Pure data; a changed table can be compared with this one. */
export interface ReceiptTable {
  readonly provider: string;
  readonly channel: Channel;
  readonly source: string;
  /** The day on which the sources were read. */
  readonly asOf: string;
  readonly statuses: readonly StatusRow[];
  /** The orders of words that the provider documents. Some may be missing, all may come late or twice. */
  readonly sequences: readonly (readonly string[])[];
  /** What a code means; the qualifier may say more than the code. */
  meaningOf(code: string | null, qualifier: string | null): CodeMeaning;
}

export const NO_RETRY: Retry = { kind: "none" };
