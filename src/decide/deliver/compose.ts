import { parsePhoneNumberFromString } from "libphonenumber-js";
import type { Contact } from "../../domain/contact.ts";
import type { FactSheet } from "../../domain/fact-sheet.ts";
import type { Message } from "../../domain/message.ts";
import type { Rendered, Template } from "../../domain/template/template.ts";

/** The sender of an email. */
export interface Sender {
  /** The From header, such as `Example Lender <notices@lender.example>`. */
  readonly emailFrom: string;
  readonly now: Date;
}

/** The ids of the interaction. */
type Facts = Pick<FactSheet, "channel" | "interactionId" | "chainId">;

/** Makes a message from the rendered parts and the chosen contact; undefined for a channel without a provider. */
export function compose(
  facts: Facts,
  contact: Pick<Contact, "value" | "name">,
  written: { readonly template: Pick<Template, "language">; readonly parts: Rendered },
  sender: Sender,
): Message | undefined {
  const { parts, template } = written;
  const to = contact.value ?? "";
  if (facts.channel === "text") return textTo(e164(to), facts, parts);
  if (facts.channel !== "email") return undefined;
  return {
    channel: "email",
    interactionId: facts.interactionId,
    messageId: `tidings.${facts.chainId}@${domainOf(sender.emailFrom)}`,
    date: sender.now,
    from: sender.emailFrom,
    to,
    toName: contact.name,
    subject: parts.subject ?? "",
    text: parts.text ?? "",
    html: parts.html,
    language: template.language,
  };
}

const textTo = (to: string, { interactionId }: Facts, { text }: Rendered): Message => ({
  channel: "text",
  interactionId,
  to,
  body: text ?? "",
});

/** A lender may write a number with spaces and dashes, but a provider needs digits. */
function e164(number: string): string {
  if (/^\+[1-9]\d{6,14}$/.test(number)) return number;
  return parsePhoneNumberFromString(number)?.number ?? number;
}

/** The address comes last, because a name may contain an @. */
const domainOf = (from: string): string => /@([^\s@>]+)>?\s*$/.exec(from)?.[1] ?? "localhost";
