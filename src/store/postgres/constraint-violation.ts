/** What the database refused and by which rule, without its text, which may quote a row. */
export interface Refused {
  readonly sqlState: string;
  /** Of the named constraint, where it was one. */
  readonly constraint: string | undefined;
}

/** How an error of the database reads; undefined for an error of anything else. */
export function constraintViolation(error: unknown): Refused | undefined {
  if (!(error instanceof Error) || !("code" in error) || typeof error.code !== "string")
    return undefined;
  if (!/^[0-9A-Z]{5}$/.test(error.code)) return undefined;
  const constraint =
    "constraint" in error && typeof error.constraint === "string" ? error.constraint : undefined;
  return { sqlState: error.code, constraint };
}
