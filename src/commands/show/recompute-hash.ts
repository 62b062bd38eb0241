import { hash } from "node:crypto";
import { compose } from "../../decide/deliver/compose.ts";
import type { Message } from "../../domain/message.ts";
import { sourceOf } from "../../providers/smtp/message-source.ts";
import type { KeptContent } from "../../store/operate/recorded-content.ts";

/** The recorded content of emails and texts. */
type Words = Readonly<
  Partial<Record<"subject" | "bodyText" | "bodyHtml" | "body" | "from" | "to", string | null>>
>;

/** Returns the SHA-256 (hex) of the message composed from the record, or null if the record is not complete enough. */
export async function hashAgain(kept: KeptContent, content: object): Promise<string | null> {
  const message = composeAgain(kept, content);
  if (message === null) return null;
  if (message.channel === "text") return hash("sha256", message.body);
  const { bytes } = await sourceOf(message, undefined);
  return hash("sha256", bytes);
}

function composeAgain(kept: KeptContent, words: Words): Message | null {
  const { id, chainId, channel, claimedAt, contactName, language } = kept;
  const { from, to, subject = null, bodyText, bodyHtml: html = null, body } = words;
  if (claimedAt === null || language === null || typeof to !== "string") return null;
  const text = (channel === "text" ? body : bodyText) ?? null;
  const message = compose(
    { channel, interactionId: id, chainId },
    { value: to, name: contactName },
    { template: { language }, parts: { subject, html, text } },
    { emailFrom: from ?? "", now: claimedAt },
  );
  return message ?? null;
}
