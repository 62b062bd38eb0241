import { Hono } from "hono";
import { isAnsweredByTwilio } from "../../decide/replies/confirmation.ts";
import type { HttpEnv } from "../core/caller.ts";
import type { ArrivedText } from "../core/callbacks.ts";
import type { HttpDeps } from "../core/deps.ts";
import { HTTP_ERRORS, httpError } from "../core/http-error.ts";
import { createTwilioForm } from "./twilio-form.ts";

const MESSAGE_SID = /^[A-Z]{2}[0-9a-f]{32}$/u;
const LONGEST_NUMBER = 40;
/** Numbers of the US that their carriers opt out and in. */
const TOLL_FREE = /^\+18(?:00|33|44|55|66|77|88)\d{7}$/u;

/** An empty answer: Twilio sends no text for it. A confirmation is another message. */
const NO_ANSWER = '<?xml version="1.0" encoding="UTF-8"?><Response></Response>';

/** Texts of borrowers, as Twilio hands them over. They are stored, and in force, before they are answered. */
export function twilioInboundRoutes(deps: HttpDeps): Hono<HttpEnv> {
  const app = new Hono<HttpEnv>();
  const readForm = createTwilioForm(deps);
  app.post("/providers/twilio/inbound", async (c) => {
    const form = await readForm(c);
    const text = textOf(form, deps.callbacks?.twilioAnswersKeywords ?? true);
    if (deps.callbacks?.takeText === undefined) throw httpError(404, HTTP_ERRORS[404]);
    await deps.callbacks.takeText(text);
    return c.body(NO_ANSWER, 200, { "Content-Type": "text/xml" });
  });
  return app;
}

function textOf(form: URLSearchParams, answersKeywords: boolean): ArrivedText {
  const providerMessageId = form.get("MessageSid") ?? form.get("SmsMessageSid") ?? "";
  const from = form.get("From") ?? "";
  const to = form.get("To") ?? "";
  if (!MESSAGE_SID.test(providerMessageId) || !isNumber(from) || !isNumber(to))
    throw httpError(400, "MessageSid, From or To is missing or malformed.");
  const text = form.get("Body") ?? "";
  const isTollFree = TOLL_FREE.test(to);
  const optOutType = form.get("OptOutType") || null;
  return {
    channel: "text",
    provider: "twilio",
    providerMessageId,
    from,
    to,
    text,
    isTollFree,
    providerReplied: isAnsweredByTwilio({ text, optOutType, isTollFree, answersKeywords }),
  };
}

const isNumber = (text: string): boolean => text !== "" && text.length <= LONGEST_NUMBER;
