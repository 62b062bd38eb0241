import { hash } from "node:crypto";
import type { ContentOnRecord } from "../../decide/deliver/channels/rules.ts";
import { rulesOf } from "../../decide/deliver/channels/table.ts";
import type { Message } from "../../domain/deliver/message.ts";
import { sourceOf } from "../../providers/smtp/message-source.ts";
import type { ContentRecord } from "../../store/operate/recorded-content.ts";

/** Returns the SHA-256 (hex) of the message composed from the record, or null if the record is not complete enough. */
export async function hashAgain(kept: ContentRecord, content: object): Promise<string | null> {
  const message = composeAgain(kept, content);
  return message === undefined ? null : await hashOf(message);
}

/** Hashes the bytes that a provider sends, in the same way as the provider. */
async function hashOf(message: Message): Promise<string> {
  switch (message.channel) {
    case "email":
      return hash("sha256", (await sourceOf(message, undefined)).bytes);
    case "text":
      return hash("sha256", message.body);
  }
}

function composeAgain(kept: ContentRecord, content: ContentOnRecord): Message | undefined {
  const { id, chainId, channel, claimedAt, contactName, language } = kept;
  const { from, to, listUnsubscribe } = content;
  const rules = rulesOf(channel);
  if (rules === undefined || claimedAt === null || language === null || typeof to !== "string")
    return undefined;
  return rules.compose({
    interactionId: id,
    chainId,
    to,
    toName: contactName,
    from: from ?? "",
    language,
    parts: rules.partsOf(content),
    listUnsubscribe: listUnsubscribe ?? null,
    now: claimedAt,
  }).message;
}
