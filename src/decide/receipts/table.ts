import type { FaultScope } from "../../domain/codes/meaning.ts";
import type { RuleId } from "../../domain/guard/rule-ids.ts";
import type { StatusDetails } from "../../domain/status-details.ts";
import type { Channel, InteractionStatus } from "../../domain/vocabulary.ts";

/** The status and details of an interaction. */
export interface Progress {
  readonly status: InteractionStatus;
  readonly statusDetails: StatusDetails | null;
}

/** The number of soft failures, and their time span, that make a contact unusable. */
export interface SoftLimit {
  readonly count: number;
  /** The failures count together within this time. */
  readonly withinDays?: number;
  /** The minimum time between the first and the last one, so that one bad day does not make an address unusable. */
  readonly overDays?: number;
  readonly makes: "invalid" | "notTextable";
}

/** The effect of a receipt on the contact, to be written back. */
export type ContactEffect =
  | { readonly kind: "invalid" }
  | { readonly kind: "notTextable" }
  | { readonly kind: "optedOut" }
  | { readonly kind: "softFailure"; readonly limit: SoftLimit }
  /** A line-type lookup decides: a landline receives no texts. */
  | { readonly kind: "lineTypeLookup" }
  | { readonly kind: "disconnectionCheck" }
  /** Another person may have read the message: rule party.leaked. */
  | { readonly kind: "leakReview" }
  /** The provider names a new address. It is added as unverified. */
  | { readonly kind: "newAddress" };

/** The next step after a failure. All waits are in minutes, counted from the receipt. */
export type Retry =
  | { readonly kind: "none" }
  /** The waits before the second attempt, the third, and so on. */
  | { readonly kind: "wait"; readonly minutes: readonly number[] }
  /** The guard judges again at once. The message expires if its latest time has passed. */
  | { readonly kind: "judge"; readonly expired: StatusDetails }
  /** The daily cap of US carriers ends at midnight in Los Angeles. */
  | { readonly kind: "nextCapDay" }
  | { readonly kind: "afterFix"; readonly circuit: FaultScope; readonly isDueAgain: boolean };

/** The meaning of a code for a status that reads codes. */
export interface CodeMeaning {
  readonly short: string;
  /** A sentence that states what to do. */
  readonly long: string;
  /** Replaces the status's own details. */
  readonly statusDetails?: StatusDetails;
  readonly contact: readonly ContactEffect[];
  readonly retry: Retry;
  /** The rule of the guard that the failure corresponds to. */
  readonly ruleId?: RuleId;
  /** True if the table has a row for the code. Differences between codes without a row mean nothing. */
  readonly isNamed: boolean;
}

/** A status of the provider. */
export interface StatusRow {
  readonly rawStatus: string;
  /** Among the receipts that fit, the one with the highest rank gives the status. */
  readonly rank: number;
  /** Null if the status says nothing about the message. */
  readonly progress: Progress | null;
  /** Details by what the provider adds. The first matching pattern counts. */
  readonly qualified?: readonly (readonly [qualifier: RegExp, progress: Progress])[];
  /** If one of these statuses was also received, it counts instead. */
  readonly yieldsTo?: readonly string[];
  /** True if the code is read. Twilio sends codes with statuses that they do not belong to. */
  readonly readsCode?: true;
  /** A code that does not begin like this contradicts the status. */
  readonly codeClass?: RegExp;
  /** The effect on the contact, whatever other receipts say. */
  readonly contact?: readonly ContactEffect[];
  /** For the limits on calls (rule freq.7in7): whether the phone rang. */
  readonly countsAsCall?: boolean | "afterRinging";
}

/**
 * A provider's statuses: their documented sequences and their meanings. Pure data, so a changed table can be compared
 * with this one.
 */
export interface ReceiptTable {
  readonly provider: string;
  readonly channel: Channel;
  readonly source: string;
  /** The day on which the sources were read. */
  readonly asOf: string;
  readonly statuses: readonly StatusRow[];
  /** The sequences that the provider documents. Statuses may be missing, late or repeated. */
  readonly sequences: readonly (readonly string[])[];
  /** Returns the meaning of a code. The qualifier may be more specific than the code. */
  meaningOf(code: string | null, qualifier: string | null): CodeMeaning;
}

export const NO_RETRY: Retry = { kind: "none" };
