import type { Context } from "hono";
import { HTTPException } from "hono/http-exception";
import { routePath } from "hono/route";
import { Fault } from "../../domain/fault.ts";
import { refusedBy } from "../../store/postgres/constraint-violation.ts";
import type { HttpEnv } from "./caller.ts";
import type { HttpDeps } from "./deps.ts";
import { Refusal, refusal } from "./http-error.ts";
import { refusalOf, type Rules } from "./constraint-errors.ts";

/** Answers whatever was thrown: refusals as they are, the database's by the rules, all else as a fault of ours that says nothing. */
export const answerError =
  ({ say }: HttpDeps, rules: Rules) =>
  (error: unknown, c: Context<HttpEnv>): Response => {
    const refused = error instanceof Refusal ? error : (ofHono(error) ?? refusalOf(error, rules));
    if (refused !== undefined) return answerRefusal(c, refused);
    const { requestId } = c.var;
    say("http.failed", {
      requestId,
      method: c.req.method,
      route: routePath(c),
      code: codeOf(error),
    });
    return answerRefusal(
      c,
      refusal(500, `This is a fault of ours; it is logged as request ${requestId}.`),
    );
  };

export function answerRefusal(
  c: Context<HttpEnv>,
  { status, message, errors, headers }: Refusal,
): Response {
  return c.json({ status, message, errors }, status, { ...headers });
}

/** What the framework refuses by itself. */
function ofHono(error: unknown): Refusal | undefined {
  if (!(error instanceof HTTPException)) return undefined;
  if (error.status === 415) return refusal(415, "Send the body as application/json.");
  return error.status === 400 ? refusal(400, "The request cannot be read.") : undefined;
}

/** A word for the log that quotes no row and no input. */
function codeOf(error: unknown): string {
  if (error instanceof Fault) return error.code;
  const refused = refusedBy(error);
  if (refused !== undefined) return refused.constraint ?? refused.sqlState;
  return error instanceof Error ? error.name : "unknown";
}
