import { readPhoneNumber } from "../../../domain/values/phone-number.ts";
import { segmentsOf } from "../../../template/language/segments.ts";
import type { ChannelRules, Composed, Draft } from "./rules.ts";

/** Text messages to phones. */
export const TEXT: ChannelRules = {
  contactType: "phone",
  objectionTo: ({ label, receiveTextMessages }) => {
    if (label !== "personal") return "notPersonal";
    return receiveTextMessages ? null : "receivesNoTexts";
  },
  // 47 CFR 64.1200(a)(10)
  optOutIsTotal: true,
  recipientOf: readPhoneNumber,
  form: "a phone number with its country, such as +1 614 555 0107",
  wantedContact:
    "a valid personal phone of the borrower's own that receives text messages (affiliation self, label personal, not archived)",
  compose,
  partsOf: ({ body = null }) => ({ subject: null, html: null, text: body }),
  hasLookup: true,
};

function compose({ interactionId, to, from, parts }: Draft): Composed {
  const body = parts.text ?? "";
  return {
    message: { channel: "text", interactionId, to, body },
    content: { body, from, to },
    segments: segmentsOf(body).segments,
  };
}
