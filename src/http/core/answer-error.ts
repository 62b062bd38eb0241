import type { Context } from "hono";
import { HTTPException } from "hono/http-exception";
import { routePath } from "hono/route";
import { Fault } from "../../domain/fault.ts";
import { constraintViolation } from "../../store/postgres/constraint-violation.ts";
import type { HttpEnv } from "./caller.ts";
import type { HttpDeps } from "./deps.ts";
import { HttpError, httpError } from "./http-error.ts";
import { constraintErrorOf, type ConstraintErrors } from "./constraint-errors.ts";

/** Answers whatever was thrown: refusals as they are, the database's by the rules, all else as a fault of ours that says nothing. */
export const answerError =
  ({ emit }: HttpDeps, rules: ConstraintErrors) =>
  (error: unknown, c: Context<HttpEnv>): Response => {
    const refused =
      error instanceof HttpError ? error : (ofHono(error) ?? constraintErrorOf(error, rules));
    if (refused !== undefined) return answerRefusal(c, refused);
    const { requestId } = c.var;
    emit("http.failed", {
      requestId,
      method: c.req.method,
      route: routePath(c),
      code: codeOf(error),
    });
    return answerRefusal(
      c,
      httpError(500, `This is a fault of ours; it is logged as request ${requestId}.`),
    );
  };

export function answerRefusal(
  c: Context<HttpEnv>,
  { status, message, errors, headers }: HttpError,
): Response {
  return c.json({ status, message, errors }, status, { ...headers });
}

/** What the framework refuses by itself. */
function ofHono(error: unknown): HttpError | undefined {
  if (!(error instanceof HTTPException)) return undefined;
  if (error.status === 415) return httpError(415, "Send the body as application/json.");
  return error.status === 400 ? httpError(400, "The request cannot be read.") : undefined;
}

/** A word for the log that quotes no row and no input. */
function codeOf(error: unknown): string {
  if (error instanceof Fault) return error.code;
  const refused = constraintViolation(error);
  if (refused !== undefined) return refused.constraint ?? refused.sqlState;
  return error instanceof Error ? error.name : "unknown";
}
