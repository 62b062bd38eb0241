import { cases as caseFacts } from "../../domain/guard/loan-facts.ts";
import type { LegalState } from "../../domain/vocabulary.ts";
import type { CaseRow } from "./cases.ts";
import { withoutUnknown } from "./known-values.ts";

/** The names of the fields that a fact sheet has for each legal state. */
const FIELDS = new Map<LegalState, readonly string[]>(
  caseFacts.options.map(({ shape }) => [
    shape.caseType.value,
    Object.keys(shape.fields.unwrap().shape),
  ]),
);

/** Writes a case as a fact sheet has it. The other fields of the lender's case are left out. */
export function caseOf({ id, legalState, status, outcome, loanIds, fields }: CaseRow): object {
  const known = (FIELDS.get(legalState) ?? []).map((name) => [name, timeOf(fields[name])]);
  return withoutUnknown({
    caseId: id,
    caseType: legalState,
    status,
    outcome,
    loanIds: loanIds.length === 0 ? null : [...new Set(loanIds)],
    fields: withoutUnknown(Object.fromEntries(known) as object),
  });
}

const WITH_OFFSET = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(?:[+-]\d{2}:?\d{2}|Z)$/;

/** Writes a time with an offset, as cases have it, in UTC. Every other value stays as it is. */
function timeOf(value: unknown): unknown {
  if (typeof value !== "string" || !WITH_OFFSET.test(value)) return value;
  const instant = Date.parse(value);
  return Number.isNaN(instant) ? value : new Date(instant).toISOString();
}
