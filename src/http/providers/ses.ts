import { Hono } from "hono";
import { sesEventOf } from "../../decide/receipts/bounces/ses-event.ts";
import { loadLinkKeys } from "../../store/api/secrets.ts";
import { readText } from "../core/body-text.ts";
import type { HttpEnv } from "../core/caller.ts";
import type { SnsReading } from "../../domain/receipts/sns-reading.ts";
import type { SnsEndpoint } from "../core/callbacks.ts";
import type { HttpDeps } from "../core/deps.ts";
import { HTTP_ERRORS, httpError } from "../core/http-error.ts";
import { createForgeryRefusal, jsonOf, refuseUnkept } from "./refusals.ts";
import { relayReceiptOf } from "./relay-receipt.ts";

const MAX_BODY_BYTES = 256 * 2 ** 10;

/** Notifications of Amazon SES, which Amazon SNS signs and delivers. A subscription to the configured topic is confirmed. */
export function sesRoutes(deps: HttpDeps): Hono<HttpEnv> {
  const app = new Hono<HttpEnv>();
  const refuseForged = createForgeryRefusal();
  app.post("/providers/ses", async (c) => {
    const sns = deps.callbacks?.sns;
    if (sns === undefined) throw httpError(404, HTTP_ERRORS[404]);
    const reading = await sns.read(jsonOf(await readText(c.req, MAX_BODY_BYTES)));
    if (reading.kind === "refused") return refuseForged(c);
    // a message can name a certificate that does not exist, so an unverified one is no error of ours; SNS repeats it after a 429
    refuseUnkept(reading.kind !== "unverified" && (await take(deps, sns, reading)));
    return c.body(null, 204);
  });
  return app;
}

/** False if it must be sent again. */
async function take(
  deps: HttpDeps,
  sns: SnsEndpoint,
  reading: Extract<SnsReading, { kind: "confirmation" | "notification" }>,
): Promise<boolean> {
  if (reading.kind === "notification") return await keep(deps, reading.message);
  return await sns.confirm(reading.subscribeUrl).then(
    () => true,
    () => false,
  );
}

async function keep(deps: HttpDeps, message: string): Promise<boolean> {
  const event = sesEventOf(jsonOf(message));
  if (event === undefined) return true;
  const receipt = relayReceiptOf("ses", event, await loadLinkKeys(deps.db));
  return (await deps.callbacks?.keep(receipt === null ? [] : [receipt])) ?? false;
}
