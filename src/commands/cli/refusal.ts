import { constraintViolation } from "../../store/postgres/constraint-violation.ts";

/** The rule of the database that refused a statement, with its reason and a hint. */
export interface Refusal {
  readonly rule: string;
  readonly why: string;
}

/** Returns why a rule whose name begins with the prefix refused a statement. Other errors are thrown again. */
export function readRefusal(error: unknown, prefix: string): Refusal {
  const violation = constraintViolation(error);
  const rule = violation?.constraints.find((name) => name.startsWith(prefix));
  if (rule === undefined || !(error instanceof Error)) throw error;
  const hint = "hint" in error && typeof error.hint === "string" ? `; ${error.hint}` : "";
  return { rule, why: `${error.message}${hint}` };
}
