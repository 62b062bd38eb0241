import { constraintViolation } from "./constraint-violation.ts";
import { outageCode } from "./retry.ts";

/** Returns the code of an error, such as a SQLSTATE or that of a fault; otherwise its name. It never quotes the text, which may be personal. */
export function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return "unknown";
  return "code" in error ? String(error.code) : error.name;
}

/** Like `codeOf`, for an error of a statement: a refusal has the name of its constraint, if there is one. */
export function statementCodeOf(error: unknown): string {
  const violation = constraintViolation(error);
  const name = error instanceof Error ? error.name : "unknown";
  return outageCode(error) ?? violation?.constraint ?? violation?.sqlState ?? name;
}
