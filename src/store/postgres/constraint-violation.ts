/** A refusal by the database with its rule, without the text, which may quote a row. */
export interface Refused {
  readonly sqlState: string;
  /** The name of the constraint, if there is one. */
  readonly constraint: string | undefined;
  /** All constraints that refused, if several were checked at once. */
  readonly constraints: readonly string[];
}

/** Returns the refusal in an error of the database, or undefined for any other error. */
export function constraintViolation(error: unknown): Refused | undefined {
  if (!(error instanceof Error) || !("code" in error) || typeof error.code !== "string")
    return undefined;
  if (!/^[0-9A-Z]{5}$/.test(error.code)) return undefined;
  const constraint =
    "constraint" in error && typeof error.constraint === "string" ? error.constraint : undefined;
  const detail = "detail" in error ? readConstraints(error.detail) : [];
  const constraints = detail.length > 0 || constraint === undefined ? detail : [constraint];
  return { sqlState: error.code, constraint, constraints };
}

/** The detail of a refusal by `guard_activation` lists the constraints. Any other detail is a text of Postgres. */
function readConstraints(detail: unknown): readonly string[] {
  if (typeof detail !== "string" || !detail.startsWith('{"constraints"')) return [];
  return (JSON.parse(detail) as { readonly constraints: readonly string[] }).constraints;
}
