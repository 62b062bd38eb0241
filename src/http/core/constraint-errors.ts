import { outageCode } from "../../store/postgres/retry.ts";
import { constraintViolation } from "../../store/postgres/constraint-violation.ts";
import { HttpError, httpError } from "./http-error.ts";

/** What a named constraint of the database means for a caller: the status, the field and what is wrong with it. */
export type ConstraintErrors = Readonly<
  Record<string, readonly [status: 409 | 422, field: string, message: string]>
>;

const MESSAGES = {
  409: "This contradicts what is stored: mend the field named in errors.",
  422: "The body does not fit: mend the field named in errors.",
} as const;

/** Serialization failure and deadlock: another writer was there at the same moment. */
const RACES = new Set(["40001", "40P01"]);
const QUERY_CANCELED = "57014";
/** Bytes and escapes that no text of Postgres can hold. */
const UNSTORABLE = new Set(["22021", "22P05"]);

/** The refusal that a fault of the database amounts to; undefined where it is a fault of ours. */
export function constraintErrorOf(error: unknown, rules: ConstraintErrors): HttpError | undefined {
  const refused = constraintViolation(error);
  if (refused?.sqlState === QUERY_CANCELED)
    return later("The database took too long: ask for less, or try again.");
  if (RACES.has(refused?.sqlState ?? ""))
    return httpError(409, "Somebody else changed this at the same moment; read it and try again.");
  // after those two: a daemon tries them again by itself, a caller may want something else by now
  if (outageCode(error) !== undefined) return later("The database cannot be reached; try again.");
  if (refused === undefined) return undefined;
  if (UNSTORABLE.has(refused.sqlState))
    return httpError(400, "The request holds characters that cannot be stored, such as NUL.");
  const rule = rules[refused.constraint ?? ""];
  if (rule === undefined) return undefined;
  const [status, field, message] = rule;
  return httpError(status, MESSAGES[status], { field, message });
}

const later = (message: string): HttpError =>
  new HttpError(503, message, { headers: { "Retry-After": "5" } });
