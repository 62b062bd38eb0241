import { createHmac, timingSafeEqual } from "node:crypto";
import { Hono, type Context } from "hono";
import { relayEventsOf } from "../../decide/receipts/bounces/relay-events.ts";
import type { Relay } from "../../domain/receipts/relay.ts";
import { loadLinkKeys } from "../../store/api/secrets.ts";
import { readText } from "../core/body-text.ts";
import type { HttpEnv } from "../core/caller.ts";
import type { HttpDeps } from "../core/deps.ts";
import { HTTP_ERRORS, httpError } from "../core/http-error.ts";
import { createForgeryRefusal, jsonOf, refuseUnkept } from "./refusals.ts";
import { relayReceiptOf } from "./relay-receipt.ts";

const MAX_BODY_BYTES = 256 * 2 ** 10;

/** Webhooks of relays that send no delivery status by email. Each is signed, and read by its mapping. */
export function relayRoutes(deps: HttpDeps): Hono<HttpEnv> {
  const app = new Hono<HttpEnv>();
  const refuseForged = createForgeryRefusal();
  app.post("/providers/relays/:name", async (c) => {
    const name = c.req.param("name");
    const relays = deps.callbacks?.relays ?? {};
    const relay = Object.hasOwn(relays, name) ? relays[name] : undefined;
    if (relay === undefined) throw httpError(404, HTTP_ERRORS[404]);
    const body = await readText(c.req, MAX_BODY_BYTES);
    if (!isSigned(relay, body, c)) return refuseForged(c);
    const keys = await loadLinkKeys(deps.db);
    const read = relayEventsOf(relay, jsonOf(body)).map((event) =>
      event === null ? null : relayReceiptOf(name, event, keys),
    );
    const receipts = read.filter((receipt) => receipt !== null);
    // the request is still accepted, because a relay that is refused repeats the same events
    if (receipts.length < read.length)
      deps.emit("receipts.notRead", { provider: name, receipts: read.length - receipts.length });
    refuseUnkept((await deps.callbacks?.keep(receipts)) ?? false);
    return c.body(null, 204);
  });
  return app;
}

function isSigned({ secret, signature }: Relay, body: string, c: Context<HttpEnv>): boolean {
  const given = c.req.header(signature.header) ?? "";
  if (!given.startsWith(signature.prefix)) return false;
  const text = given.slice(signature.prefix.length).trim();
  const right = createHmac("sha256", secret).update(body).digest();
  const bytes = Buffer.from(text, /^[0-9a-f]{64}$/iu.test(text) ? "hex" : "base64");
  return bytes.length === right.length && timingSafeEqual(bytes, right);
}
