import { Fault } from "../../domain/fault.ts";
import { constraintViolation } from "../../store/postgres/constraint-violation.ts";

/** The reason of an error: that of a fault without its code, and never the words of Postgres, which may quote a row. */
export function reasonOf(error: unknown): string {
  if (error instanceof Fault) return error.detail;
  const refused = constraintViolation(error);
  if (refused !== undefined) {
    const rule = refused.constraint === undefined ? "" : `, ${refused.constraint}`;
    return `the database refused a statement (SQLSTATE ${refused.sqlState}${rule})`;
  }
  return error instanceof Error ? error.message : "not an error";
}

/** The same with the place in the code, for a report to the maintainers. */
export function unexpectedInWords(error: unknown): string {
  const frames = error instanceof Error ? (error.stack ?? "").split("\n") : [];
  return [
    `UNEXPECTED: ${reasonOf(error)}`,
    ...frames.filter((line) => line.startsWith("    at ")),
  ].join("\n");
}
