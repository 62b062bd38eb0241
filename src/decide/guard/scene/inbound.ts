import type { InboundItem } from "../../../domain/guard/facts.ts";
import { readReply, type Reply } from "../../replies/read-reply.ts";
import { wordsOf } from "../../replies/normalize.ts";

const NO_WORDS: Reply = {
  reading: "none",
  readings: [],
  suppresses: false,
  theme: "inbUnknown",
  keyword: null,
};

/** Several rules read the same message. */
const known = new WeakMap<InboundItem, Reply>();

/** Reads the meaning of an inbound message. */
export function replyOf(item: InboundItem): Reply {
  const reply = known.get(item) ?? read(item);
  known.set(item, reply);
  return reply;
}

/** The reading on record decides: its words may be sealed, and a person may have read them differently. */
function read({ text, reading, channel }: InboundItem): Reply {
  if (reading === "automatic" || reading === "none") return NO_WORDS;
  const reply = text === undefined ? NO_WORDS : readReply(text, { channel });
  if (reading === undefined || reply.readings.includes(reading)) return reply;
  return { ...NO_WORDS, reading, readings: [reading], suppresses: reading === "unclear" };
}

/** True for every channel but speech. */
export const isWritten = ({ channel }: InboundItem): boolean => channel !== "voice";

/** True for a plain opt-out from a number or address. A written refusal of all contact also counts. */
export function isOptOut(item: InboundItem): boolean {
  const { readings } = replyOf(item);
  return readings.includes("optOut") || (readings.includes("refuseAll") && isWritten(item));
}

/** True for words that may be a refusal and that no person has read yet. */
export const isUnclear = (item: InboundItem): boolean =>
  !isOptOut(item) && replyOf(item).suppresses;

/** True for words about text messages, which apply to every number of the borrower on whatever channel they arrived. */
export function namesTexts({ text = "" }: InboundItem): boolean {
  return wordsOf(text).some((word) => /^(?:te?xt|texto|sms)/.test(word));
}
