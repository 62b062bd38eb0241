import type { Meaning } from "../../domain/codes/meaning.ts";
import type { Seen } from "../answer/code-meaning.ts";
import { isCertificateFault, isHandshakeFault } from "../answer/tls-faults.ts";
import {
  meaningOfTooMany,
  meaningOfTwilioCode,
  TWILIO_CODES,
  TWILIO_SILENCE,
} from "../../domain/codes/twilio-codes.ts";
import type { TwilioTrouble } from "./http.ts";

/** The meaning of a call that returned no message. */
export function readTwilioTrouble(trouble: TwilioTrouble): { meaning: Meaning; seen: Seen } {
  if (trouble.at === "network") {
    return { meaning: meaningOfSilence(trouble), seen: { code: trouble.code } };
  }
  const { status, code, message, retryAfterMs } = trouble;
  const seen = { code: `${code ?? status}`, text: message ?? undefined, retryAfterMs };
  return { meaning: meaningOfReply(status, code, message ?? ""), seen };
}

function meaningOfSilence({ code, sent }: Extract<TwilioTrouble, { at: "network" }>): Meaning {
  if (sent) return TWILIO_SILENCE.outcomeUnknown;
  if (isCertificateFault(code)) return TWILIO_SILENCE.certificate;
  return isHandshakeFault(code) ? TWILIO_SILENCE.noTls : TWILIO_SILENCE.notReached;
}

const TOO_MANY = 20_429;

/** Only a 4xx means that the request was not carried out. */
function meaningOfReply(status: number, code: number | null, message: string): Meaning {
  if (status < 400 || status > 499) return TWILIO_SILENCE.outcomeUnknown;
  const row = code === null || code === TOO_MANY ? undefined : TWILIO_CODES[code];
  if (row !== undefined) return row;
  if (status === 429 || code === TOO_MANY) return meaningOfTooMany(message);
  if ([401, 403, 404, 405, 407].includes(status)) return TWILIO_SILENCE.refusedAccess;
  return code === null ? TWILIO_SILENCE.notTwilio : meaningOfTwilioCode(code, message);
}
