import type {
  FoundMessage,
  LookupResult,
  UnknownOutcome,
} from "../../domain/settle/unknown-outcome.ts";
import type { Meaning } from "../../domain/codes/meaning.ts";
import { meaningOfTwilioCode, TWILIO_FAILURES } from "../../domain/codes/twilio-codes.ts";
import { TWILIO_PROGRESS, type TwilioProgress } from "../../domain/codes/twilio-statuses.ts";
import type { SupportsLookup } from "./lookup.ts";

/** The state that a message status means: on its way, delivered, or failed for a reason. */
export type TwilioState = TwilioProgress | { readonly status: "failed"; readonly meaning: Meaning };

const ON_ITS_WAY: Readonly<Record<string, TwilioProgress>> = TWILIO_PROGRESS;

/** An unlisted status means only that Twilio has the text. */
const OTHER = TWILIO_PROGRESS.queued;

/** Reads a message's status and error code, both in the answer to a request and in a list. */
export function readTwilioStatus(
  status: string,
  errorCode: number | null,
  errorMessage = "",
): TwilioState {
  const failure = TWILIO_FAILURES[status];
  if (failure === undefined) return ON_ITS_WAY[status] ?? OTHER;
  const meaning = errorCode === null ? failure : meaningOfTwilioCode(errorCode, errorMessage);
  // Twilio reports a failure, so the outcome is not unknown
  return { status: "failed", meaning: meaning.kind === "unknown" ? failure : meaning };
}

/** Looks up at Twilio a text whose outcome is unknown. `except` are ids of texts known to be others. Never rejects. */
export async function askTwilio(
  twilio: SupportsLookup,
  { to, body, claimedAt }: UnknownOutcome,
  except: readonly string[],
): Promise<LookupResult> {
  const answer = await twilio.findSent({ to, body, since: claimedAt, except });
  if (answer.kind !== "found") return answer;
  const { messageId, status, errorCode } = answer;
  return { kind: "found", messageId, ...foundAs(readTwilioStatus(status, errorCode)) };
}

function foundAs(state: TwilioState): Omit<FoundMessage, "messageId"> {
  if (state.status !== "failed") return { ...state, failure: null };
  const { statusDetails, short, long, finding } = state.meaning;
  return { status: "failed", statusDetails, failure: { short, long, finding } };
}
