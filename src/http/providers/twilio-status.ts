import { Hono, type Context } from "hono";
import { parseInteractionId } from "../../domain/ids.ts";
import type { ArrivedReceipt } from "../../domain/receipts/arrived-receipt.ts";
import type { HttpEnv } from "../core/caller.ts";
import type { HttpDeps } from "../core/deps.ts";
import { httpError } from "../core/http-error.ts";
import { refuseUnkept } from "./refusals.ts";
import { createTwilioForm } from "./twilio-form.ts";

const MESSAGE_SID = /^[A-Z]{2}[0-9a-f]{32}$/u;
const STATUS = /^[a-z_]{1,40}$/u;
const ERROR_CODE = /^\d{1,10}$/u;

/** Status callbacks of Twilio. They are stored durably before they are answered. */
export function twilioStatusRoutes(deps: HttpDeps): Hono<HttpEnv> {
  const app = new Hono<HttpEnv>();
  const readForm = createTwilioForm(deps);
  app.post("/providers/twilio/status", async (c) => {
    const receipt = receiptOf(await readForm(c), c);
    refuseUnkept((await deps.callbacks?.keep([receipt])) ?? false);
    return c.body(null, 204);
  });
  return app;
}

/** Numbers of people, which a callback contains too, are left out. */
function receiptOf(form: URLSearchParams, c: Context<HttpEnv>): ArrivedReceipt {
  const providerMessageId = form.get("MessageSid") ?? form.get("SmsSid") ?? "";
  const rawStatus = form.get("MessageStatus") ?? form.get("SmsStatus") ?? "";
  if (!MESSAGE_SID.test(providerMessageId) || !STATUS.test(rawStatus))
    throw httpError(400, "MessageSid or MessageStatus is missing or malformed.");
  const code = form.get("ErrorCode") ?? "";
  return {
    provider: "twilio",
    providerMessageId,
    interactionId:
      parseInteractionId(new URL(c.req.url).searchParams.get("interaction") ?? "") ?? null,
    rawStatus,
    code: ERROR_CODE.test(code) && code !== "0" ? code : null,
    qualifier: null,
    reportedAt: readDoneDate(form.get("RawDlrDoneDate") ?? ""),
    payload: null,
  };
}

/** The carrier's time, as YYMMDDhhmm in UTC. */
function readDoneDate(text: string): Date | null {
  const [, year, month, day, hour, minute] = /^(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)$/u.exec(text) ?? [];
  const date = new Date(`20${year}-${month}-${day}T${hour}:${minute}:00Z`);
  return Number.isNaN(date.getTime()) ? null : date;
}
