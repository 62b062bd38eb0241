import { type Instant, writeInstant } from "../../domain/guard/moments.ts";
import type { GuardVerdict, Judgement, LogEntry, RuleOutcome } from "../../domain/guard/verdict.ts";

/** A log entry with its instant as text. */
export type WrittenLogEntry = Omit<LogEntry, "until"> & { readonly until?: string };
/** The result of a rule with its instant as text. */
export type WrittenRuleOutcome = Omit<RuleOutcome, "until"> & { readonly until?: string };
/** A verdict with its instants as text. */
export type WrittenVerdict = Omit<GuardVerdict, "until" | "log"> & {
  readonly until?: string;
  readonly log: readonly WrittenLogEntry[];
};

const written = (until: Instant | undefined): { readonly until?: string } =>
  until === undefined ? {} : { until: writeInstant(until) };

/** Returns a verdict as JSON, with instants such as `2026-11-20T16:30:00Z`. */
export function writeVerdict({ verdict }: Judgement): WrittenVerdict {
  const { until, log, ...others } = verdict;
  return {
    ...others,
    ...written(until),
    log: log.map(({ until: end, ...entry }) => ({ ...entry, ...written(end) })),
  };
}

/** Returns the results of all rules as JSON. */
export function writeRules({ rules }: Judgement): WrittenRuleOutcome[] {
  return rules.map(({ until, ...rule }) => ({ ...rule, ...written(until) }));
}
