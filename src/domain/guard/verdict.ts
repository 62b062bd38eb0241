import type { Channel, VerdictOutcome } from "../vocabulary.ts";
import type { Instant } from "./moments.ts";
import type { RuleId } from "./rule-ids.ts";

/** A property that the rendered message must have before it is sent. */
export const REQUIREMENTS = [
  "opt-out-notice",
  "mini-miranda-initial",
  "mini-miranda-subsequent",
  "validation-model",
  "subject-line",
  "timebarred-disclosure",
  "negreport-model-B1",
  "negreport-model-B2",
  "bk-disclaimer",
  "no-demand",
  "no-debt-mention",
  "limited-content",
  "plain-envelope",
  "canspam",
  "one-click-headers",
  "sms-content",
  "only-confirmation",
] as const;
export type Requirement = (typeof REQUIREMENTS)[number];

/** The person or channel to which a message goes instead. It is judged there as a new message. */
export interface RedirectTarget {
  readonly party?: "borrower" | "attorney" | "estate";
  readonly channel?: Channel;
  readonly contactId?: string;
}

/** The result of one rule other than a plain allow. */
export interface LogEntry {
  readonly ruleId: RuleId;
  readonly outcome: VerdictOutcome;
  readonly until?: Instant;
}

/** The answer of the guard for one message at one moment. */
export interface GuardVerdict {
  readonly outcome: VerdictOutcome;
  /** The rule that decided. On allow: the exception that lifted another rule, if any. */
  readonly ruleId?: RuleId;
  /** On wait: judge again at this instant. On allow: the permission ends at this instant. */
  readonly until?: Instant;
  /** On allow and redirect; empty once the rendered message satisfies everything. */
  readonly requires?: readonly Requirement[];
  readonly to?: RedirectTarget;
  /** A label, on every outcome but allow. */
  readonly short?: string;
  /** A sentence that states what to do, on every outcome but allow. */
  readonly long?: string;
  readonly log: readonly LogEntry[];
}

/** The result of one rule, for the record. */
export interface RuleOutcome {
  readonly ruleId: RuleId;
  readonly outcome: VerdictOutcome;
  readonly until?: Instant;
  /** References to the facts that decided, such as `history.IN-101`. If the rule allowed, the facts it read. */
  readonly facts: readonly string[];
  /** The exception that turned another outcome into allow. */
  readonly liftedBy?: RuleId;
}

/** A verdict with the result of every rule that decides. */
export interface Judgement {
  readonly verdict: GuardVerdict;
  readonly rules: readonly RuleOutcome[];
}
