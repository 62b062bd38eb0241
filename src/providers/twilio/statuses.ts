import type { Found, LookupResult, UnknownOutcome } from "../../domain/unknown-outcome.ts";
import type { Asks } from "./lookup.ts";

type Standing = Omit<Found, "messageId">;
const attempted = (statusDetails: string): Standing => ({ status: "attempted", statusDetails });
const succeeded = (statusDetails: string): Standing => ({ status: "succeeded", statusDetails });
const failed = (statusDetails: string): Standing => ({ status: "failed", statusDetails });

/** Twilio's message statuses and where each leaves an interaction. */
export const TWILIO_STATUSES: Readonly<Record<string, Standing>> = {
  accepted: attempted("textQueued"),
  scheduled: attempted("textQueued"),
  queued: attempted("textQueued"),
  sending: attempted("textQueued"),
  // some carriers give no receipt: it may stay the last word
  sent: attempted("textSent"),
  partially_delivered: attempted("textSent"),
  delivered: succeeded("textDelivered"),
  read: succeeded("textRead"),
  undelivered: failed("textUndelivered"),
  failed: failed("textFailed"),
  canceled: failed("textCanceled"),
};

/** Asks Twilio what became of a text whose outcome nobody knows; `except` are ids of texts known to be others. Never rejects. */
export async function askTwilio(
  twilio: Asks,
  { to, body, claimedAt }: UnknownOutcome,
  except: readonly string[],
): Promise<LookupResult> {
  const answer = await twilio.findSent({ to, body, since: claimedAt, except });
  if (answer.kind !== "found") return answer;
  const standing = TWILIO_STATUSES[answer.status];
  // a status we do not know says that Twilio has it, and no more
  return { kind: "found", messageId: answer.messageId, ...(standing ?? attempted("textSent")) };
}
