/** Longer text is cut. The longest text message has 1,600 characters, and no refusal needs more than this. */
const LONGEST_READ = 10_000;

const MARKS = /\p{M}+/gu;
const INVISIBLE = /\p{Cf}+/gu;
const APOSTROPHES = /['’‘`´]+/gu;
const OTHER = /[^\p{L}\p{N}]+/gu;
/** Three or more of one letter, as in "stoooop". No English or Spanish word has them. */
const DRAWN_OUT = /(\p{L})\1{2,}/gu;
/** Separated letters, as in "s t o p" and "s.t.o.p.". */
const SPELLED = /(?<![\p{L}\p{N}])\p{L}(?:[ .\-_]\p{L}){2,30}(?![\p{L}\p{N}])/gu;
const SENTENCE_END = /(?<=[.!?;…]+["”')]*)\s+|[\r\n]+|(?=¿|¡)/u;

/** A sentence in the form in which it is matched. */
export interface Sentence {
  readonly words: readonly string[];
  /** True if it ends in a question mark. */
  readonly isQuestion: boolean;
}

/**
 * Returns the words of a text in the form of the keywords: NFKC, lower case, without accents, punctuation and emoji. A
 * repeated word counts once.
 */
export function wordsOf(text: string): string[] {
  const plain = text
    .slice(0, LONGEST_READ)
    .normalize("NFKC")
    .toLowerCase()
    .normalize("NFD")
    .replaceAll(MARKS, "")
    .replaceAll(INVISIBLE, "")
    .replaceAll(APOSTROPHES, "")
    .replaceAll(SPELLED, (letters) => letters.replaceAll(/[^\p{L}]/gu, ""))
    .replaceAll(OTHER, " ")
    .replaceAll(DRAWN_OUT, "$1")
    .trim();
  const words = plain === "" ? [] : plain.split(" ");
  return words.filter((word, index) => word !== words[index - 1]);
}

/** Returns the sentences of a text that contain words. */
export function sentencesOf(text: string): Sentence[] {
  return text
    .slice(0, LONGEST_READ)
    .split(SENTENCE_END)
    .map((sentence) => ({ words: wordsOf(sentence), isQuestion: /[?？]/u.test(sentence) }))
    .filter(({ words }) => words.length > 0);
}
