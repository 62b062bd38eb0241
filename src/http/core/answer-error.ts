import type { Context } from "hono";
import { HTTPException } from "hono/http-exception";
import { routePath } from "hono/route";
import { Fault } from "../../domain/fault.ts";
import { constraintViolation } from "../../store/postgres/constraint-violation.ts";
import type { HttpEnv } from "./caller.ts";
import type { HttpDeps } from "./deps.ts";
import { HTTP_ERRORS, HttpError, httpError } from "./http-error.ts";
import { databaseError, type ConstraintErrors } from "./constraint-errors.ts";

/**
 * Turns a thrown value into a response. HTTP errors are returned as they are, constraint violations are mapped by
 * `constraints`, and anything else is logged and becomes a 500 without details.
 */
export const answerError =
  ({ emit }: HttpDeps, constraints: ConstraintErrors) =>
  (error: unknown, c: Context<HttpEnv>): Response => {
    const known =
      error instanceof HttpError ? error : (ofHono(error) ?? databaseError(error, constraints));
    if (known !== undefined) return answerHttpError(c, known);
    const { requestId } = c.var;
    emit("http.failed", {
      requestId,
      method: c.req.method,
      route: routePath(c),
      code: codeOf(error),
      // the message of a fault names an interaction or a key, and never a person
      detail: error instanceof Fault ? error.message : null,
    });
    return answerHttpError(
      c,
      httpError(500, `${HTTP_ERRORS[500]} It is logged as request ${requestId}.`),
    );
  };

/** Turns an HTTP error into its response, and notes the reason of a denied access for the log. */
export function answerHttpError(c: Context<HttpEnv>, error: HttpError): Response {
  const { status, message, errors, headers, reason } = error;
  c.set("denied", reason);
  return c.json({ status, message, errors }, status, { ...headers });
}

/** The framework's own exceptions. */
function ofHono(error: unknown): HttpError | undefined {
  if (!(error instanceof HTTPException)) return undefined;
  if (error.status === 415) return httpError(415, HTTP_ERRORS[415]);
  return error.status === 400 ? httpError(400, HTTP_ERRORS[400]) : undefined;
}

/** A code for the log that quotes no row and no input. */
function codeOf(error: unknown): string {
  if (error instanceof Fault) return error.code;
  const violation = constraintViolation(error);
  if (violation !== undefined) return violation.constraint ?? violation.sqlState;
  return error instanceof Error ? error.name : "unknown";
}
