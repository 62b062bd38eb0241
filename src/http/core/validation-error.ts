import type { z } from "@hono/zod-openapi";
import { sayIssue, suggestField } from "../../domain/values/suggestions.ts";
import { fieldPath } from "./field-path.ts";
import { HTTP_ERRORS, httpError, type FieldError, type HttpError } from "./http-error.ts";

type Issue = z.core.$ZodIssue;

/** The part of a request, as the validator names it. */
type Target = "json" | "query" | "param" | "header" | "cookie" | "form";

/** A response reports at most this many errors. */
const MAX_ERRORS = 20;

/** The error for a request that does not fit its schema: 422 for a body, 400 for a path, query or header. */
export function validationError(target: Target, error: z.core.$ZodError): HttpError {
  const errors = error.issues
    .slice(0, MAX_ERRORS)
    .flatMap((issue) => errorsOf(issue))
    .slice(0, MAX_ERRORS);
  return target === "json"
    ? httpError(422, HTTP_ERRORS[422], ...errors)
    : httpError(400, "Bad request; see errors.", ...errors);
}

function errorsOf(issue: Issue, outer: readonly PropertyKey[] = []): FieldError[] {
  const path = [...outer, ...issue.path];
  if (issue.code === "unrecognized_keys")
    return issue.keys.map((key) => {
      const hint = suggestField(issue, key);
      const words = "is not a known field";
      return {
        field: fieldPath([...path, key]),
        message: hint === "" ? words : `${words}.${hint}`,
      };
    });
  if (issue.code === "invalid_union") {
    const [closest] = issue.errors.toSorted((one, other) => one.length - other.length);
    if (closest !== undefined && closest.length > 0)
      return closest.flatMap((inner) => errorsOf(inner, path));
  }
  return [{ field: fieldPath(path), message: sayIssue(issue) }];
}
