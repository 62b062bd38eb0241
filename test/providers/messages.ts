import type { EmailMessage, TextMessage } from "../../src/domain/deliver/message.ts";
import { interaction } from "../ids.ts";

let count = 0;

export function email(fields: Partial<EmailMessage> = {}): EmailMessage {
  count += 1;
  return {
    channel: "email",
    interactionId: interaction(count),
    messageId: `chain-${count}@lender.example`,
    date: new Date("2026-03-02T15:04:05Z"),
    from: "Example Lender <notices@lender.example>",
    to: "jane.doe@example.com",
    toName: "Jane Doe",
    subject: "Your case",
    text: "Dear Jane",
    html: "<p>Dear Jane</p>",
    language: "en",
    listUnsubscribe: null,
    ...fields,
  };
}

export function text(fields: Partial<TextMessage> = {}): TextMessage {
  count += 1;
  return {
    channel: "text",
    interactionId: interaction(count),
    to: "+12125550123",
    body: `Your case ${count} has news`,
    ...fields,
  };
}
