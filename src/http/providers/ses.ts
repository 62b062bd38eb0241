import { Hono } from "hono";
import { sesEventOf } from "../../decide/receipts/bounces/ses-event.ts";
import { loadLinkKeys } from "../../store/api/secrets.ts";
import { clientAddress } from "../auth/client-address.ts";
import { createRateLimiter, refuseFor } from "../auth/rate-limiter.ts";
import { readText } from "../core/body-text.ts";
import type { HttpEnv } from "../core/caller.ts";
import type { SnsReading } from "../../domain/receipts/sns-reading.ts";
import type { SnsDoor } from "../core/callbacks.ts";
import type { HttpDeps } from "../core/deps.ts";
import { HTTP_ERRORS, HttpError, httpError } from "../core/http-error.ts";
import { relayReceiptOf } from "./relay-receipt.ts";

const MAX_BODY_BYTES = 256 * 2 ** 10;
const FORGED_PER_SECOND = 5;
const BUSY_RETRY_SECONDS = 2;

/** Notifications of Amazon SES, which Amazon SNS signs and hands over. A subscription to the configured topic is confirmed. */
export function sesRoutes(deps: HttpDeps): Hono<HttpEnv> {
  const app = new Hono<HttpEnv>();
  const forgeries = createRateLimiter(FORGED_PER_SECOND);
  app.post("/providers/ses", async (c) => {
    const sns = deps.callbacks?.sns;
    if (sns === undefined) throw httpError(404, HTTP_ERRORS[404]);
    const reading = await sns.read(jsonOf(await readText(c.req, MAX_BODY_BYTES)));
    if (reading.kind === "refused") {
      refuseFor(forgeries.take(clientAddress(c.env.incoming), performance.now()));
      throw new HttpError(403, HTTP_ERRORS[403], { reason: "forgedCallback" });
    }
    // anybody can name a certificate that does not exist, so this is no fault of ours; SNS repeats what it gets a 429 for
    const isTaken = reading.kind !== "unverified" && (await take(deps, sns, reading));
    if (!isTaken) refuseFor(BUSY_RETRY_SECONDS);
    return c.body(null, 204);
  });
  return app;
}

/** False if it must be sent again. */
async function take(
  deps: HttpDeps,
  sns: SnsDoor,
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

function jsonOf(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    throw httpError(400, "The body is not JSON.");
  }
}
