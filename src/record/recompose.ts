import { hash } from "node:crypto";
import type { ContentOnRecord } from "../decide/deliver/channels/rules.ts";
import { messageIdLocalPart } from "../decide/receipts/message-id.ts";
import { rulesOf } from "../decide/deliver/channels/table.ts";
import type { Message } from "../domain/deliver/message.ts";
import { sourceOf } from "../providers/smtp/message-source.ts";
import type { ContentRecord } from "../store/operate/recorded-content.ts";

/** Returns the bytes of the message composed from the record, or null if the record is not complete enough. */
export async function composeAgain(kept: ContentRecord, content: object): Promise<Buffer | null> {
  const message = messageOf(kept, content);
  return message === undefined ? null : await bytesOf(message);
}

/** Returns the SHA-256 (hex) of the same bytes. */
export async function hashAgain(kept: ContentRecord, content: object): Promise<string | null> {
  const bytes = await composeAgain(kept, content);
  return bytes === null ? null : hash("sha256", bytes);
}

/** The bytes that a provider sends and hashes. */
async function bytesOf(message: Message): Promise<Buffer> {
  switch (message.channel) {
    case "email":
      return (await sourceOf(message, undefined)).bytes;
    case "text":
      return Buffer.from(message.body);
  }
}

function messageOf(kept: ContentRecord, content: ContentOnRecord): Message | undefined {
  const { id, chainId, channel, claimedAt, contactName, language } = kept;
  const { from, to, listUnsubscribe, messageId } = content;
  const rules = rulesOf(channel);
  if (rules === undefined || claimedAt === null || language === null || typeof to !== "string")
    return undefined;
  return rules.compose({
    interactionId: id,
    messageIdLocalPart: messageId?.split("@")[0] ?? messageIdLocalPart(chainId, []),
    to,
    toName: contactName,
    from: from ?? "",
    language,
    parts: rules.partsOf(content),
    listUnsubscribe: listUnsubscribe ?? null,
    now: claimedAt,
  }).message;
}
