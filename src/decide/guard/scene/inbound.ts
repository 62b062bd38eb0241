import type { InboundItem } from "../../../domain/guard/facts.ts";
import { readReply, type Reply } from "../../replies/read-reply.ts";
import { wordsOf } from "../../replies/normalise.ts";

const NO_WORDS: Reply = {
  reading: "none",
  readings: [],
  suppresses: false,
  theme: "inbUnknown",
  keyword: null,
};

/** Several rules ask about the same message. */
const known = new WeakMap<InboundItem, Reply>();

/** What the words of an inbound message ask for. */
export function replyOf(item: InboundItem): Reply {
  if (item.text === undefined) return NO_WORDS;
  const reply = known.get(item) ?? readReply(item.text, { channel: item.channel });
  known.set(item, reply);
  return reply;
}

/** Everything but speech is writing. */
export const isWritten = ({ channel }: InboundItem): boolean => channel !== "voice";

/** A plain opt-out of the number or address it came from. In writing a refusal of all contact is one too. */
export function isOptOut(item: InboundItem): boolean {
  const { readings } = replyOf(item);
  return readings.includes("optOut") || (readings.includes("refuseAll") && isWritten(item));
}

/** Words that may be a refusal and that nobody has read yet. */
export const isUnclear = (item: InboundItem): boolean =>
  !isOptOut(item) && replyOf(item).suppresses;

/** Words about text messages, which reach every number of the borrower wherever they come from. */
export function namesTexts({ text = "" }: InboundItem): boolean {
  return wordsOf(text).some((word) => /^(?:te?xt|texto|sms)/.test(word));
}
