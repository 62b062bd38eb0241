import type { Channel, Theme } from "../../domain/vocabulary.ts";
import {
  ANY_WORDS,
  ASKING,
  COURTESY,
  FIRST_WORDS,
  FORCE,
  LIMITS,
  NEGATIONS,
  OTHER_OBJECTS,
  PHRASES,
  REFUSALS_TO_PAY,
  SUBJECTS,
  WHOLE_TEXTS,
  WISHES,
  type Keywords,
  type Reading,
} from "./keywords.ts";
import { sentencesOf, wordsOf, type Sentence } from "./normalize.ts";
import { findPhrase, isPhrase, parsePhrase, type Phrase } from "./phrase.ts";

/** The meaning of a borrower's reply. */
export interface Reply {
  /** The first matching reading, in the order of the keyword lists. */
  readonly reading: Reading;
  /** All matching readings: "stop calling and texting me" refuses two things. */
  readonly readings: readonly Reading[];
  /** True if nothing is sent to this contact until a person has read the reply. */
  readonly suppresses: boolean;
  /** `inbUnknown` if a person must read it. */
  readonly theme: Theme;
  /** The matching phrase of the list, for the record. */
  readonly keyword: string | null;
}

/** The channel on which the reply arrived. */
export interface Route {
  readonly channel: Channel;
  /** True if a text was sent to a toll-free number of ours. */
  readonly isTollFree?: boolean;
}

interface Entry extends Pick<Keywords, "reading" | "senders"> {
  readonly phrase: Phrase;
}

const entriesOf = (lists: readonly Keywords[]): Entry[] =>
  lists.flatMap(({ phrases, ...list }) =>
    phrases.map((text) => ({ ...list, phrase: parsePhrase(text) })),
  );

const WHOLE = entriesOf(WHOLE_TEXTS);
const WITHIN = entriesOf(PHRASES);
const REFUSES_TO_PAY = entriesOf(REFUSALS_TO_PAY);
const FIRST = entriesOf(FIRST_WORDS);
const ANYWHERE = entriesOf(ANY_WORDS);
const parsed = (list: readonly string[]): Phrase[] => list.map(parsePhrase);
const COURTEOUS = parsed(COURTESY);
const FORCEFUL = parsed(FORCE);
const ASKS = parsed(ASKING);
const NEGATES = parsed(NEGATIONS);
const SUBJECT = parsed(SUBJECTS);
const WISH = parsed(WISHES);
const LIMITED = parsed(LIMITS);
const OTHER = parsed(OTHER_OBJECTS);

const has = (words: readonly string[], phrases: readonly Phrase[]): boolean =>
  phrases.some((phrase) => findPhrase(words, phrase) !== undefined);

/**
 * Reads a reply that a borrower wrote, or that an agent wrote down. Quoted text and automatic replies must be removed
 * before (`withoutQuotes`, `isAutoReply`). Nothing is guessed: a possible refusal that is not plain is `unclear`.
 */
export function readReply(text: string, route: Route): Reply {
  const words = withoutForce(wordsOf(text));
  const whole = wholeText(words, route);
  if (whole !== undefined) return replyOf([whole]);
  const found = withinSentences(sentencesOf(text), route.channel);
  if (found.length > 0) return replyOf(found);
  const first = firstWord(words, text);
  if (first !== undefined) return replyOf([first]);
  const anywhere = ANYWHERE.find(({ phrase }) => findPhrase(words, phrase) !== undefined);
  return replyOf(anywhere === undefined ? [] : [anywhere]);
}

function replyOf(found: readonly Entry[]): Reply {
  const certain = found.filter(({ reading }) => reading !== "unclear");
  const [first] = [...certain, ...found];
  const reading = first?.reading ?? "none";
  return {
    reading,
    readings: [...new Set([...certain, ...found].map((entry) => entry.reading))],
    suppresses: found.some((entry) => entry.reading === "unclear"),
    theme: reading === "none" || reading === "unclear" ? "inbUnknown" : "inbRequest",
    keyword: first?.phrase.text ?? null,
  };
}

function wholeText(words: readonly string[], route: Route): Entry | undefined {
  const bare = withoutCourtesy(words);
  return WHOLE.find((entry) =>
    entry.reading === "optIn"
      ? mayOptIn(entry, route) && isPhrase(words, entry.phrase)
      : isPhrase(bare, entry.phrase),
  );
}

/** Consent is read only from the bare keyword, and only from a text of the borrower. */
const mayOptIn = ({ senders }: Entry, { channel, isTollFree = false }: Route): boolean =>
  channel === "text" && !(isTollFree && senders === "longCode");

const withoutForce = (words: readonly string[]): string[] =>
  words.filter((word) => !has([word], FORCEFUL));

function withoutCourtesy(words: readonly string[]): readonly string[] {
  for (const phrase of COURTEOUS) {
    const size = phrase.parts.length;
    if (isPhrase(words.slice(0, size), phrase)) return withoutCourtesy(words.slice(size));
    if (isPhrase(words.slice(-size), phrase)) return withoutCourtesy(words.slice(0, -size));
  }
  return words;
}

function withinSentences(sentences: readonly Sentence[], channel: Channel): Entry[] {
  const entries = channel === "voice" ? WITHIN : [...WITHIN, ...REFUSES_TO_PAY];
  const found = entries.flatMap((entry) => {
    const uses = sentences
      .map(({ words }) => useOf(withoutForce(words), entry.phrase))
      .filter((use) => use !== undefined);
    if (uses.length === 0) return [];
    return uses.includes("certain") ? [entry] : [{ ...entry, reading: "unclear" as const }];
  });
  return withCease(found, channel);
}

/** A written refusal of all contact is also a request to cease: 12 CFR 1006.6(c). */
function withCease(found: readonly Entry[], channel: Channel): Entry[] {
  const all =
    channel === "voice" ? undefined : found.find(({ reading }) => reading === "refuseAll");
  return all === undefined ? [...found] : [...found, { ...all, reading: "ceaseWritten" }];
}

/** Decides whether a sentence certainly means the phrase or may mean something else. */
function useOf(words: readonly string[], phrase: Phrase): "certain" | "doubtful" | undefined {
  const place = findPhrase(words, phrase);
  if (place === undefined) return undefined;
  const isDoubtful =
    isTurnedRound(words, place.from) ||
    (isAfterOtherWords(words, phrase) && asksAbout(words)) ||
    has(words.slice(place.from), LIMITED) ||
    words[place.to] === "by";
  return isDoubtful ? "doubtful" : "certain";
}

/** "Please do not write" begins with the phrase: "do" asks nothing there. */
const isAfterOtherWords = (words: readonly string[], phrase: Phrase): boolean =>
  findPhrase(withoutCourtesy(words), phrase)?.from !== 0;

function isTurnedRound(words: readonly string[], at: number): boolean {
  const before = words.slice(Math.max(0, at - 1), at);
  if (has(before, NEGATES)) return true;
  const [first = "", second = ""] = words.slice(at);
  const forbids = first === "do" || (has([first], NEGATES) && !has([second], WISH));
  return forbids && has(before, SUBJECT);
}

const asksAbout = (words: readonly string[]): boolean => {
  const bare = withoutCourtesy(words);
  return ASKS.some((asking) => isPhrase(bare.slice(0, asking.parts.length), asking));
};

function firstWord(words: readonly string[], text: string): Entry | undefined {
  const [first = "", second, ...more] = withoutCourtesy(words);
  const isOther = second !== undefined && has([second], OTHER);
  if (more.length > 0 || isOther || /[?？]/u.test(text)) return undefined;
  return FIRST.find(({ phrase }) => isPhrase([first], phrase));
}
