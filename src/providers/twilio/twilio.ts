import { setTimeout as sleep } from "node:timers/promises";
import type { Twilio } from "twilio";
import type {
  MessageInstance,
  MessageListInstanceCreateOptions,
} from "twilio/lib/rest/api/v2010/account/message.js";
import type RequestClient from "twilio/lib/base/RequestClient.js";
import type { InteractionId } from "../../domain/ids.ts";
import type { TextMessage } from "../../domain/deliver/message.ts";
import type { ProviderAnswer } from "../../domain/provider-answer.ts";
import { answerOf, evidenceOf, type Call } from "../answer/code-meaning.ts";
import { credentialForms } from "../answer/credential-forms.ts";
import type { Provider } from "../answer/provider.ts";
import { readTwilioTrouble } from "./answer.ts";
import { TWILIO_SILENCE } from "../../domain/codes/twilio-codes.ts";
import { openTwilioHttp, TwilioCallFailed, type TwilioHttp } from "./http.ts";
import { findSent, type SupportsLookup } from "./lookup.ts";
import { readStatuses, type SupportsStatus } from "./status-reader.ts";
import { readTwilioStatus } from "./statuses.ts";

export interface TwilioOptions {
  readonly accountSid: string;
  readonly authToken: string;
  /** The sending number (E.164). A messaging service takes precedence. */
  readonly from?: string;
  readonly messagingServiceSid?: string;
  /** Replaces https://api.twilio.com. */
  readonly apiUrl?: string;
  /** The URL at which Twilio reports the status of a text; not given: it reports none. */
  readonly statusCallback?: (interactionId: InteractionId) => string;
  /** The number of calls in flight. */
  readonly slots?: number;
  /** For one call in total. */
  readonly deadlineMs?: number;
}

/** The parameters of a text, without the sender. */
const requestOf = (
  { to, body, interactionId, validForSeconds }: TextMessage,
  statusCallback: TwilioOptions["statusCallback"],
): MessageListInstanceCreateOptions => ({
  to,
  body,
  ...(validForSeconds !== undefined && { validityPeriod: validForSeconds }),
  ...(statusCallback && { statusCallback: statusCallback(interactionId) }),
});

const MESSAGE_SID = /^[A-Z]{2}[0-9a-f]{32}$/u;

/** Sends texts through Twilio's Programmable Messaging. */
export function openTwilio(
  options: TwilioOptions,
): Provider<TextMessage> & SupportsLookup & SupportsStatus {
  const { from, messagingServiceSid, apiUrl, slots = 20, deadlineMs = 10_000 } = options;
  const { statusCallback } = options;
  const wire = openTwilioHttp({ apiUrl, slots, deadlineMs });
  const sender = messagingServiceSid === undefined ? { from: from ?? "" } : { messagingServiceSid };
  const secrets = credentialForms(options.accountSid, options.authToken);
  let client: Promise<Twilio> | undefined;
  const openClient = (): Promise<Twilio> => (client ??= loadClient(options, wire));

  async function send(message: TextMessage): Promise<ProviderAnswer> {
    const { to, body } = message;
    const call: Call = {
      provider: "twilio",
      startedAt: performance.now(),
      personal: [to, ...secrets],
    };
    let asked = false;
    try {
      const { messages } = await openClient();
      const creating = messages.create({ ...sender, ...requestOf(message, statusCallback) });
      asked = true;
      return answerOfMessage(call, await creating, body);
    } catch (error) {
      return answerOfError(call, error, body, asked);
    }
  }

  return {
    name: "twilio",
    slots,
    send,
    findSent: (query) =>
      orElse({ kind: "unavailable" }, async () => findSent(await openClient(), query)),
    readStatuses: (texts) => orElse([], async () => readStatuses(await openClient(), texts, sleep)),
    close: async () => wire.close(),
  };
}

/** Replaces an error by another result. */
async function orElse<Result>(otherwise: Result, run: () => Promise<Result>): Promise<Result> {
  try {
    return await run();
  } catch {
    return otherwise;
  }
}

/** Reads an error of the call. `asked` is true if the request may have left. */
function answerOfError(call: Call, error: unknown, body: string, asked: boolean): ProviderAnswer {
  if (error instanceof TwilioCallFailed) {
    const { meaning, seen } = readTwilioTrouble(error.trouble);
    return answerOf(call, meaning, meaning.kind === "unknown" ? { ...seen, left: body } : seen);
  }
  // before the request, the client throws on bad settings; what it throws afterwards says nothing about the text
  const meaning = asked ? TWILIO_SILENCE.outcomeUnknown : TWILIO_SILENCE.clientFault;
  return answerOf(call, meaning, { text: String(error), ...(asked && { left: body }) });
}

/**
 * Reads Twilio's answer to a request that it carried out. The message may have failed already, so its status decides.
 */
function answerOfMessage(call: Call, message: MessageInstance, body: string): ProviderAnswer {
  const { sid, status, errorCode, errorMessage } = message;
  const seen = { code: "201", text: [status, errorMessage].filter(Boolean).join(": "), left: body };
  if (!MESSAGE_SID.test(sid)) return answerOf(call, TWILIO_SILENCE.outcomeUnknown, seen);
  const state = readTwilioStatus(status, errorCode, errorMessage ?? "");
  if (state.status === "failed") {
    const code = `${errorCode ?? status}`;
    return answerOf(call, state.meaning, { ...seen, code, messageId: sid });
  }
  return { kind: "accepted", messageId: sid, ...state, evidence: evidenceOf(call, seen) };
}

/** Loads the library on first use: it takes 150 ms and 35 MB, which a daemon without texts does not need. */
async function loadClient(
  { accountSid, authToken }: TwilioOptions,
  wire: TwilioHttp,
): Promise<Twilio> {
  const { default: twilio } = await import("twilio");
  return twilio(accountSid, authToken, { httpClient: wire as unknown as RequestClient });
}
