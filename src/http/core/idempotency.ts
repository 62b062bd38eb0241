import { createHash } from "node:crypto";
import { z } from "@hono/zod-openapi";
import type { Context } from "hono";
import { actingAs } from "../../store/postgres/acting-as.ts";
import type { Db } from "../../store/postgres/db.ts";
import { storeResult, takeKey, type RepeatableRequest } from "../../store/api/idempotency.ts";
import { callerOf, type HttpEnv } from "./caller.ts";
import type { HttpDeps } from "./deps.ts";
import { unprocessable } from "./http-error.ts";

/** The headers of every POST. */
export const IdempotencyHeaders = z.object({
  "Idempotency-Key": z
    .string()
    .regex(/^[\x21-\x7e]{1,255}$/, "must be 1 to 255 visible ASCII characters")
    .optional()
    .openapi({
      description:
        "Makes a retry safe: the same request with the same key is done once. A repeated request gets the resource as it is then. Keys are kept 24 hours.",
      example: "0b9f3c1e-6f0f-4f0a-9a53-0c1d3b0e8f11",
    }),
});

/**
 * Runs the work of a POST in one transaction, in the caller's name, and returns the id of what it made. A repeated request
 * with the same Idempotency-Key returns that id and makes nothing. Throws a 422 where the key belongs to another request.
 */
export async function withIdempotencyKey(
  { db }: HttpDeps,
  c: Context<HttpEnv>,
  make: (transaction: Db) => Promise<string>,
): Promise<string> {
  const caller = callerOf(c);
  const request = await repeatableRequest(c, caller.id);
  return await actingAs(db, caller.actor, async (transaction) => {
    if (request === undefined) return await make(transaction);
    const before = await takeKey(transaction, request);
    if (before.kind === "otherRequest")
      throw unprocessable(
        "Idempotency-Key",
        "was already used for a different request; use a new key",
      );
    if (before.kind === "done") return before.resourceId;
    const resourceId = await make(transaction);
    await storeResult(transaction, request, resourceId);
    return resourceId;
  });
}

async function repeatableRequest(
  c: Context<HttpEnv>,
  caller: string,
): Promise<RepeatableRequest | undefined> {
  const key = c.req.header("Idempotency-Key");
  if (key === undefined) return undefined;
  const pathAndQuery = c.req.url.replace(/^[a-z]+:\/\/[^/]+/, "");
  const requestHash = createHash("sha256")
    .update(`${c.req.method} ${pathAndQuery}\n`)
    .update(await c.req.text())
    .digest();
  return { caller, key, requestHash };
}
