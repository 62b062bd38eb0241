/**
 * A parsed phrase of the keyword lists. In a phrase, `a|b` is one word of either spelling, `stem*` is any word that
 * begins like this, `word?` is an optional word, and `_` is up to two words of any kind.
 */
export interface Phrase {
  readonly text: string;
  readonly parts: readonly Part[];
}

type Part =
  | { readonly kind: "gap" }
  | { readonly kind: "word"; readonly optional: boolean; fits(word: string): boolean };

const LONGEST_GAP = 2;

/** Parses a phrase in the notation that `Phrase` describes. */
export function parsePhrase(text: string): Phrase {
  return { text, parts: text.split(" ").map(partOf) };
}

function partOf(text: string): Part {
  if (text === "_") return { kind: "gap" };
  const optional = text.endsWith("?");
  const spellings = (optional ? text.slice(0, -1) : text).split("|");
  const whole = new Set(spellings.filter((spelling) => !spelling.endsWith("*")));
  const stems = spellings.filter((one) => one.endsWith("*")).map((one) => one.slice(0, -1));
  const fits = (word: string): boolean =>
    whole.has(word) || stems.some((stem) => word.startsWith(stem));
  return { kind: "word", optional, fits };
}

/**
 * Finds the first place of the phrase: from its first word to the place after its last. Undefined if it does not occur.
 */
export function findPhrase(
  words: readonly string[],
  { parts }: Phrase,
): { readonly from: number; readonly to: number } | undefined {
  for (let from = 0; from < words.length; from++) {
    const to = endOf(words, from, parts);
    if (to !== undefined) return { from, to };
  }
  return undefined;
}

/** True if the words are the phrase and nothing else. */
export function isPhrase(words: readonly string[], { parts }: Phrase): boolean {
  return endOf(words, 0, parts) === words.length;
}

function endOf(
  words: readonly string[],
  at: number,
  [part, ...rest]: readonly Part[],
): number | undefined {
  if (part === undefined) return at;
  if (part.kind === "gap") return endOfGap(words, at, rest);
  const word = words[at];
  const end = word !== undefined && part.fits(word) ? endOf(words, at + 1, rest) : undefined;
  return end ?? (part.optional ? endOf(words, at, rest) : undefined);
}

function endOfGap(words: readonly string[], at: number, rest: readonly Part[]): number | undefined {
  for (let skipped = 0; skipped <= LONGEST_GAP; skipped++) {
    const end = endOf(words, at + skipped, rest);
    if (end !== undefined) return end;
  }
  return undefined;
}
