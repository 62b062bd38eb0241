import type { z } from "@hono/zod-openapi";
import { fieldPath } from "./field-path.ts";
import { httpError, type FieldError, type HttpError } from "./http-error.ts";

type Issue = z.core.$ZodIssue;

/** Where a part of a request came from, as the validator names it. */
type Target = "json" | "query" | "param" | "header" | "cookie" | "form";

/** Whoever mends these will be told of the others. */
const MOST_ERRORS = 20;

/** The refusal of a request that does not fit its schema: 422 for a body, 400 for what stands around it. */
export function validationError(target: Target, error: z.core.$ZodError): HttpError {
  const errors = error.issues
    .slice(0, MOST_ERRORS)
    .flatMap((issue) => faultsOf(issue))
    .slice(0, MOST_ERRORS);
  return target === "json"
    ? httpError(422, "The body does not fit: mend the fields named in errors.", ...errors)
    : httpError(400, "The request does not fit: mend what is named in errors.", ...errors);
}

function faultsOf(issue: Issue, outer: readonly PropertyKey[] = []): FieldError[] {
  const path = [...outer, ...issue.path];
  if (issue.code === "unrecognized_keys")
    return issue.keys.map((key) => ({
      field: fieldPath([...path, key]),
      message: "is not known here: leave it out",
    }));
  if (issue.code === "invalid_union") {
    const [closest] = issue.errors.toSorted((one, other) => one.length - other.length);
    if (closest !== undefined && closest.length > 0)
      return closest.flatMap((inner) => faultsOf(inner, path));
  }
  return [{ field: fieldPath(path), message: message(issue) }];
}

/** In our own words, and never with the value. */
function message(issue: Issue): string {
  switch (issue.code) {
    case "invalid_type":
      return issue.message.endsWith("received undefined")
        ? "is missing"
        : `must be ${typeWord(issue.expected)}`;
    case "invalid_value":
      return `must be one of ${issue.values.map((value) => JSON.stringify(value)).join(", ")}`;
    case "too_big":
      return `must be ${issue.inclusive === false ? "less than" : "at most"} ${issue.maximum}${unitOf(issue.origin)}`;
    case "too_small":
      return `must be ${issue.inclusive === false ? "more than" : "at least"} ${issue.minimum}${unitOf(issue.origin)}`;
    default:
      return issue.message;
  }
}

const typeWord = (type: string): string => {
  if (type === "int") return "a whole number";
  if (type === "record") return "an object";
  return /^[aeiou]/.test(type) ? `an ${type}` : `a ${type}`;
};

const unitOf = (origin: string): string => {
  if (origin === "string") return " characters long";
  return origin === "array" ? " entries long" : "";
};
