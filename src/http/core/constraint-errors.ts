import { outageCode } from "../../store/postgres/retry.ts";
import { constraintViolation } from "../../store/postgres/constraint-violation.ts";
import { HTTP_ERRORS, HttpError, httpError } from "./http-error.ts";

/** Maps the name of a database constraint to the status, the field and the message for a caller. */
export type ConstraintErrors = Readonly<
  Record<string, readonly [status: 409 | 422, field: string, message: string]>
>;

/** Serialization failure and deadlock. */
const RACES = new Set(["40001", "40P01"]);
const QUERY_CANCELED = "57014";
/** Bytes and escapes that a Postgres text cannot hold. */
const UNSTORABLE = new Set(["22021", "22P05"]);

/** The HTTP error for an error of the database; undefined where it is a fault of ours. */
export function databaseError(
  error: unknown,
  constraints: ConstraintErrors,
): HttpError | undefined {
  const violation = constraintViolation(error);
  if (violation?.sqlState === QUERY_CANCELED)
    return unavailable("The database took too long. Request less, or try again.");
  // checked before outages, which include races: a daemon retries those by itself, but a caller may want something else
  // by now
  if (RACES.has(violation?.sqlState ?? ""))
    return httpError(409, "Another request changed this at the same time. Read it and try again.");
  if (outageCode(error) !== undefined)
    return unavailable("The database cannot be reached. Try again.");
  if (violation === undefined) return undefined;
  if (UNSTORABLE.has(violation.sqlState))
    return httpError(400, "The request contains characters that cannot be stored, such as NUL.");
  const known = violation.constraints.flatMap((name) => {
    const rule = constraints[name];
    return rule === undefined ? [] : [rule];
  });
  const [first] = known;
  if (first === undefined) return undefined;
  const [status] = first;
  const errors = known.map(([, field, message]) => ({ field, message }));
  return httpError(status, HTTP_ERRORS[status], ...errors);
}

const unavailable = (message: string): HttpError =>
  new HttpError(503, message, { headers: { "Retry-After": "5" } });
