import type { ArrivedInbound } from "../../src/reply-intake.ts";

let sids = 0;

/** A text from the borrower's phone, with its own id at Twilio. */
export function textMessage(text: string, rest: Partial<ArrivedInbound> = {}): ArrivedInbound {
  sids += 1;
  return {
    channel: "text",
    provider: "twilio",
    providerMessageId: `SM${String(sids).padStart(32, "0")}`,
    from: "+16145550101",
    to: "+15005550006",
    text,
    providerReplied: false,
    ...rest,
  };
}
