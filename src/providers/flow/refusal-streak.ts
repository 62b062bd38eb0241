import type { Evidence } from "../../domain/provider-answer.ts";

/** A refusal of one message. */
export interface Refusal {
  readonly recipient: string;
  /** The refusal as `wordsOf` reads it. */
  readonly words: string;
  /** The provider's code says what is wrong with the recipient's address or number. */
  readonly namesRecipient: boolean;
}

/** The refusals since a message was last accepted: their recipients, by words. */
export type RefusalStreak = ReadonlyMap<string, ReadonlySet<string>>;

export const NO_REFUSALS: RefusalStreak = new Map();

/** So many different recipients refused in the same words, and nobody accepted in between, are no accident. */
const SAME_WORDS = 3;
/** The same in any words: dead addresses do come in a row, but not so many. */
const ANY_WORDS = 10;

/** The streak with one more refusal in it. It stops growing once it is beyond doubt. */
export function extendStreak(streak: RefusalStreak, refusal: Refusal): RefusalStreak {
  if (recipientsOf(streak).size > ANY_WORDS) return streak;
  const recipients = new Set(streak.get(refusal.words)).add(refusal.recipient);
  return new Map(streak).set(refusal.words, recipients);
}

/** Whether a refusal in the streak is about us and not about its recipient. */
export function isAboutUs(streak: RefusalStreak, { words, namesRecipient }: Refusal): boolean {
  const alike = streak.get(words)?.size ?? 0;
  return (!namesRecipient && alike >= SAME_WORDS) || recipientsOf(streak).size >= ANY_WORDS;
}

const recipientsOf = (streak: RefusalStreak): ReadonlySet<string> =>
  new Set([...streak.values()].flatMap((recipients) => [...recipients]));

/** Addresses, links, host names, ids and numbers: what differs between refusals that say the same. */
const PARTICULARS = /\[[a-z]+\]|https?:\S+|\S*\d\S*|(?<![\w-])[\w-]+(?:\.[\w-]+)+/giu;

/** A refusal's codes and words without anything that names its message or recipient. */
export function wordsOf({ code = "", enhancedCode = "", text = "" }: Evidence): string {
  const words = text.replaceAll(PARTICULARS, " ").match(/\p{L}+/gu) ?? [];
  return [code, enhancedCode, ...words].join(" ").toLowerCase();
}
