import type { Meaning } from "../../domain/codes/meaning.ts";
import { NO_RETRY, type CodeMeaning, type ContactEffect, type Retry } from "./table.ts";
import { MINUTE_MS } from "../../domain/values/durations.ts";

/** The additional meaning of a code in a receipt: its effect on the contact, and the time of the next attempt. */
export type Addition = Partial<Pick<CodeMeaning, "contact" | "retry" | "ruleId" | "statusDetails">>;

/**
 * Our own waits before retries of a temporary failure (minutes), about two hours in total. No provider states how often to
 * retry.
 */
const TRIES = [10, 20, 40, 60] as const;

/** Returns the meaning of a code for a message that was accepted and failed later. */
export function failureMeaning(
  meaning: Meaning,
  isNamed: boolean,
  addition: Addition = {},
): CodeMeaning {
  const { short, long, finding } = meaning;
  return {
    short,
    long,
    isNamed,
    contact: finding === null ? [] : [effectOf(finding)],
    retry: retryOf(meaning),
    ...addition,
  };
}

const effectOf = (finding: NonNullable<Meaning["finding"]>): ContactEffect => ({ kind: finding });

function retryOf({ kind, scope = "account", retryAfterMs = 0 }: Meaning): Retry {
  if (kind === "refused") return NO_RETRY;
  if (kind === "misconfigured") return { kind: "afterFix", circuit: scope, isDueAgain: true };
  const first = Math.ceil(retryAfterMs / MINUTE_MS);
  return { kind: "wait", minutes: TRIES.map((minutes) => Math.max(minutes, first)) };
}
