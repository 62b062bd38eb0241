import type { RuleId } from "./rule-ids.ts";
import type { Stricter } from "./policy.ts";

/**
 * A change of the policy: the rule is switched off or on, or made stricter; an entry is set, or is again as it is built
 * in.
 */
export const POLICY_CHANGES = ["off", "on", "stricter", "set", "reset"] as const;
export type PolicyChangeKind = (typeof POLICY_CHANGES)[number];

/** One change that a lender made to the policy. */
export interface PolicyChange {
  /** Changes are numbered in the order in which they were committed. */
  readonly version: number;
  readonly changedAt: Date;
  readonly changedBy: string;
  readonly reason: string;
  /** Null: at once. */
  readonly effectiveFrom: Date | null;
  readonly change: PolicyChangeKind;
  readonly ruleId: RuleId;
  /** Of the change `stricter`. */
  readonly outcome: Stricter | null;
  /** Of the changes `set` and `reset`. */
  readonly entryId: string | null;
  /** The members that an entry sets. Those that it leaves out are as in the built-in entry of its id. */
  readonly entry: Readonly<Record<string, unknown>>;
  /** The change that was in force before; `on` or `reset` if the subject was as it is built in. */
  readonly was: {
    readonly change: PolicyChangeKind;
    readonly version?: number;
    readonly outcome?: Stricter;
    readonly [column: string]: unknown;
  };
}

/** Every change that a lender made, in order of version. */
export interface PolicyRecord {
  /** The version of the newest change; 0 if there is none. */
  readonly version: number;
  readonly changes: readonly PolicyChange[];
}

/** The record of a lender who changed nothing. */
export const NO_POLICY_RECORD: PolicyRecord = { version: 0, changes: [] };
