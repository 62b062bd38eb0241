/** Words that people write for a word of a closed list, and that no typing error explains. */
const SYNONYMS: Readonly<Record<string, string>> = {
  sms: "text",
  mms: "text",
  "e-mail": "email",
  letter: "mail",
  post: "mail",
  call: "voice",
  phone: "voice",
  cancelled: "canceled",
  closed: "completed",
  open: "initiated",
  sent: "attempted",
  delivered: "succeeded",
  rejected: "denied",
  english: "en",
  spanish: "es",
};

/**
 * Returns the known word that was probably meant by `word`: a synonym, or the nearest word by typing errors. Returns
 * undefined if none is near or it has more than `most` typing errors: a wrong suggestion is worse than none.
 */
export function nearestWord(
  word: string,
  known: Iterable<string>,
  most: number = Infinity,
): string | undefined {
  const words = [...known];
  const lower = word.toLowerCase();
  const synonym = SYNONYMS[lower];
  if (synonym !== undefined && words.includes(synonym)) return synonym;
  const limit = Math.min(most, Math.max(1, Math.floor(word.length / 3)));
  const near = words
    .map((one) => ({ one, distance: typingErrors(lower, one.toLowerCase()) }))
    .filter(({ one, distance }) => distance <= limit && distance < one.length)
    .toSorted((one, other) => one.distance - other.distance);
  return near[0]?.one;
}

/** Returns ` Did you mean …?` for the nearest known word, or an empty text. */
export function didYouMean(word: string, known: Iterable<string>): string {
  const near = nearestWord(word, known);
  return near === undefined ? "" : ` Did you mean ${near}?`;
}

/** Returns the same as `didYouMean`, in lower case for use after a semicolon. */
export const didYouMeanInSentence = (word: string, known: Iterable<string>): string =>
  didYouMean(word, known).replace("Did", "did");

/**
 * Counts the letters that were added, left out, replaced or swapped with their neighbour (optimal string alignment). Plain
 * Levenshtein distance counts the swap, the commonest typing error, twice.
 */
function typingErrors(one: string, other: string): number {
  const rows: number[][] = [Array.from({ length: other.length + 1 }, (_, column) => column)];
  for (let row = 1; row <= one.length; row += 1) {
    const next = [row];
    for (let column = 1; column <= other.length; column += 1)
      next.push(cheapest(one, other, { rows: [...rows, next], row, column }));
    rows.push(next);
  }
  return rows.at(-1)?.at(-1) ?? 0;
}

interface Cell {
  readonly rows: readonly (readonly number[])[];
  readonly row: number;
  readonly column: number;
}

function cheapest(one: string, other: string, { rows, row, column }: Cell): number {
  const cost = (up: number, left: number): number => rows[row - up]?.[column - left] ?? Infinity;
  const same = one[row - 1] === other[column - 1];
  const swapped = one[row - 1] === other[column - 2] && one[row - 2] === other[column - 1];
  return Math.min(
    cost(1, 0) + 1,
    cost(0, 1) + 1,
    cost(1, 1) + (same ? 0 : 1),
    row > 1 && column > 1 && swapped ? cost(2, 2) + 1 : Infinity,
  );
}
