import type { Message } from "../../../domain/deliver/message.ts";

/** The longest that Twilio keeps a text (s). */
const LONGEST_VALIDITY_S = 36_000;

/** Returns the message with the time of its claim, and a text with the time that is left until its permission ends. */
export function datedMessage(
  message: Message,
  claimedAt: Date,
  lapsesAt: Date | undefined,
): Message {
  if (message.channel === "email") return { ...message, date: claimedAt };
  if (lapsesAt === undefined) return message;
  const left = Math.floor((lapsesAt.getTime() - claimedAt.getTime()) / 1_000);
  return { ...message, validForSeconds: Math.max(1, Math.min(LONGEST_VALIDITY_S, left)) };
}
