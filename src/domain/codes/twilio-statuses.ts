import type { StatusDetails } from "../status-details.ts";

/** The progress of a message that has not failed at Twilio. */
export interface TwilioProgress {
  readonly status: "attempted" | "succeeded";
  readonly statusDetails: StatusDetails;
}

const attempted = (statusDetails: StatusDetails): TwilioProgress => ({
  status: "attempted",
  statusDetails,
});
const succeeded = (statusDetails: StatusDetails): TwilioProgress => ({
  status: "succeeded",
  statusDetails,
});

/** Twilio's message statuses other than failures, and the status of the interaction for each. */
export const TWILIO_PROGRESS = {
  accepted: attempted("textQueued"),
  queued: attempted("textQueued"),
  sending: attempted("textQueued"),
  // some carriers give no receipt, so this may stay the final status
  sent: attempted("textSent"),
  partially_delivered: attempted("textSent"),
  delivered: succeeded("textDelivered"),
  // RCS and WhatsApp
  read: succeeded("textRead"),
} as const satisfies Readonly<Record<string, TwilioProgress>>;
