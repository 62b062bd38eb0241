import { createHash } from "node:crypto";
import { z } from "@hono/zod-openapi";
import type { Context } from "hono";
import { actingAs } from "../../store/postgres/acting-as.ts";
import type { Db } from "../../store/postgres/db.ts";
import { storeResult, takeKey, type Repeatable } from "../../store/api/idempotency.ts";
import { actorOf, callerOf, type HttpEnv } from "./caller.ts";
import type { HttpDeps } from "./deps.ts";
import { httpError } from "./http-error.ts";

/** The headers of every POST. */
export const OnceHeaders = z.object({
  "Idempotency-Key": z
    .string()
    .regex(/^[\x21-\x7e]{1,255}$/, "must be 1 to 255 visible ASCII characters")
    .optional()
    .openapi({
      description:
        "Send the same key with the same request again, and it is done once; kept for 24 hours. The answer shows what was made as it is now.",
      example: "0b9f3c1e-6f0f-4f0a-9a53-0c1d3b0e8f11",
    }),
});

/**
 * Does what a POST asks for in one transaction, in the caller's name, and returns the id of what was made. Asked again
 * with the same Idempotency-Key it returns that id and makes nothing; the key with another request is refused.
 */
export async function once(
  { db }: HttpDeps,
  c: Context<HttpEnv>,
  make: (transaction: Db) => Promise<string>,
): Promise<string> {
  const caller = callerOf(c);
  const asked = await repeatable(c, caller.id);
  return await actingAs(db, actorOf(caller), async (transaction) => {
    if (asked === undefined) return await make(transaction);
    const before = await takeKey(transaction, asked);
    if (before.is === "other")
      throw httpError(422, "This Idempotency-Key was used for another request: use a new one.", {
        field: "Idempotency-Key",
        message: "was used for another request",
      });
    if (before.is === "made") return before.made;
    const made = await make(transaction);
    await storeResult(transaction, asked, made);
    return made;
  });
}

async function repeatable(c: Context<HttpEnv>, caller: string): Promise<Repeatable | undefined> {
  const key = c.req.header("Idempotency-Key");
  if (key === undefined) return undefined;
  const requestHash = createHash("sha256")
    .update(`${c.req.method} ${c.req.url.replace(/^[a-z]+:\/\/[^/]+/, "")}\n`)
    .update(await c.req.text())
    .digest();
  return { caller, key, requestHash };
}
