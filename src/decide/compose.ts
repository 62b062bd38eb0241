import type { Contact } from "../domain/contact.ts";
import type { FactSheet } from "../domain/fact-sheet.ts";
import type { Message } from "../domain/message.ts";
import type { Rendered, Template } from "../domain/template.ts";

/** What an email says of its sender. */
export interface Sender {
  /** The From header, such as `Example Lender <notices@lender.example>`. */
  readonly emailFrom: string;
}

/** Puts rendered parts and a chosen contact together; undefined for a channel nothing carries. */
export function compose(
  facts: FactSheet,
  contact: Contact,
  written: { readonly template: Template; readonly parts: Rendered },
  sender: Sender,
): Message | undefined {
  const { parts, template } = written;
  const to = contact.value ?? "";
  if (facts.channel === "text")
    return { channel: "text", interactionId: facts.interactionId, to, body: parts.text ?? "" };
  if (facts.channel !== "email") return undefined;
  return {
    channel: "email",
    interactionId: facts.interactionId,
    messageId: `tidings.${facts.chainId}@${domainOf(sender.emailFrom)}`,
    from: sender.emailFrom,
    to,
    toName: contact.name,
    subject: parts.subject ?? "",
    text: parts.text ?? "",
    html: parts.html,
    language: template.language,
  };
}

const domainOf = (from: string): string => /@([^\s>]+)/.exec(from)?.[1] ?? "localhost";
