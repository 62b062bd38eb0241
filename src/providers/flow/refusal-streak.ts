import type { Evidence } from "../../domain/provider-answer.ts";

/** A refusal of one message. */
export interface Refusal {
  readonly recipient: string;
  /** The refusal as `wordsOf` reads it. */
  readonly words: string;
  /** True if the provider's code names the recipient's address or number as the problem. */
  readonly namesRecipient: boolean;
}

/** The refusals since a message was last accepted: their recipients, by words. */
export type RefusalStreak = ReadonlyMap<string, ReadonlySet<string>>;

export const NO_REFUSALS: RefusalStreak = new Map();

/**
 * This many different recipients refused in the same words, with no message accepted in between, are not a coincidence.
 */
const SAME_WORDS = 3;
/** The same for refusals in any words. Several dead addresses in a row are possible, but not this many. */
const ANY_WORDS = 10;

/** Adds a refusal to the streak. The streak stops growing once it is conclusive. */
export function extendStreak(streak: RefusalStreak, refusal: Refusal): RefusalStreak {
  if (recipientsOf(streak).size > ANY_WORDS) return streak;
  const recipients = new Set(streak.get(refusal.words)).add(refusal.recipient);
  return new Map(streak).set(refusal.words, recipients);
}

/** True if a refusal in the streak is about us and not about its recipient. */
export function isAboutUs(streak: RefusalStreak, { words, namesRecipient }: Refusal): boolean {
  const alike = streak.get(words)?.size ?? 0;
  return (!namesRecipient && alike >= SAME_WORDS) || recipientsOf(streak).size >= ANY_WORDS;
}

const recipientsOf = (streak: RefusalStreak): ReadonlySet<string> =>
  new Set([...streak.values()].flatMap((recipients) => [...recipients]));

/** Addresses, links, host names, ids and numbers: the parts that differ between refusals with the same meaning. */
const PARTICULARS = /\[[a-z]+\]|https?:\S+|\S*\d\S*|(?<![\w-])[\w-]+(?:\.[\w-]+)+/giu;

/** A refusal's codes and words, without anything that identifies its message or recipient. */
export function wordsOf({ code = "", enhancedCode = "", text = "" }: Evidence): string {
  const words = text.replaceAll(PARTICULARS, " ").match(/\p{L}+/gu) ?? [];
  return [code, enhancedCode, ...words].join(" ").toLowerCase();
}
