import type { Meaning } from "../../domain/codes/meaning.ts";
import { NO_RETRY, type CodeMeaning, type ContactEffect, type Retry } from "./table.ts";

/** What a receipt adds to the meaning of a code: what it says of the contact, and when to try again. */
export type Addition = Partial<Pick<CodeMeaning, "contact" | "retry" | "ruleId" | "statusDetails">>;

const MINUTE_MS = 60_000;
/** No provider gives a number of tries for what passes; these, in about two hours, are ours. In minutes. */
const TRIES = [10, 20, 40, 60] as const;

/** The meaning of a code for a message that was accepted and failed later. */
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
