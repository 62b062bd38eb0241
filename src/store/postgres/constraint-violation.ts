/** A refusal by the database with its rule, without the text, which may quote a row. */
export interface Refused {
  readonly sqlState: string;
  /** The name of the constraint, if there is one. */
  readonly constraint: string | undefined;
}

/** Returns the refusal in an error of the database, or undefined for any other error. */
export function constraintViolation(error: unknown): Refused | undefined {
  if (!(error instanceof Error) || !("code" in error) || typeof error.code !== "string")
    return undefined;
  if (!/^[0-9A-Z]{5}$/.test(error.code)) return undefined;
  const constraint =
    "constraint" in error && typeof error.constraint === "string" ? error.constraint : undefined;
  return { sqlState: error.code, constraint };
}
