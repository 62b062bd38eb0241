import { parsePhoneNumberFromString } from "libphonenumber-js";
import { segmentsOf } from "../../../template/language/segments.ts";
import type { ChannelRules, Composed, Draft } from "./rules.ts";

/** Text messages to phones. */
export const TEXT: ChannelRules = {
  isEligible: (contact) =>
    contact.contactType === "phone" && contact.label === "personal" && contact.receiveTextMessages,
  isReachable: (value) =>
    parsePhoneNumberFromString(value, { extract: false })?.isPossible() === true,
  wantedContact:
    "a valid personal phone of the borrower's own that receives text messages (affiliation self, label personal, not archived)",
  compose,
  partsOf: ({ body = null }) => ({ subject: null, html: null, text: body }),
  canBeAsked: true,
};

function compose({ interactionId, contact, from, parts }: Draft): Composed {
  const to = e164(contact.value ?? "");
  const body = parts.text ?? "";
  return {
    message: { channel: "text", interactionId, to, body },
    content: { body, from, to },
    segments: segmentsOf(body).segments,
  };
}

/** A lender may write a number with spaces and dashes, but a provider needs digits. */
function e164(number: string): string {
  if (/^\+[1-9]\d{6,14}$/.test(number)) return number;
  return parsePhoneNumberFromString(number)?.number ?? number;
}
