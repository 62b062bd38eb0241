/** One line of a comparison, as a unified diff shows it. */
export interface DiffLine {
  /** `@` begins a hunk and gives its line numbers. */
  readonly mark: " " | "-" | "+" | "@";
  readonly text: string;
}

type Change = DiffLine & { readonly mark: " " | "-" | "+" };

/** The number of unchanged lines that are shown around a change. */
const CONTEXT = 2;

/** Returns a minimal unified diff of two texts. It is empty if they are equal. */
export function diffLines(before: string, after: string): readonly DiffLine[] {
  const changes = changesBetween(linesOf(before), linesOf(after));
  const near = changes.map((_, at) =>
    changes
      .slice(Math.max(0, at - CONTEXT), at + CONTEXT + 1)
      .some((change) => change.mark !== " "),
  );
  let [lineBefore, lineAfter] = [1, 1];
  return changes.flatMap((change, at): DiffLine[] => {
    const state = `@@ -${lineBefore} +${lineAfter} @@`;
    if (change.mark !== "+") lineBefore += 1;
    if (change.mark !== "-") lineAfter += 1;
    if (near[at] !== true) return [];
    return at > 0 && near[at - 1] === true ? [change] : [{ mark: "@", text: state }, change];
  });
}

/** A final line break does not begin another line. */
function linesOf(text: string): readonly string[] {
  return text === "" ? [] : text.replace(/\n$/, "").split("\n");
}

/** Returns every line of both texts in order. The common beginning and end are skipped first, because templates change in few places. */
function changesBetween(before: readonly string[], after: readonly string[]): readonly Change[] {
  const shorter = Math.min(before.length, after.length);
  let start = 0;
  while (start < shorter && before[start] === after[start]) start += 1;
  let end = 0;
  while (end < shorter - start && before.at(-1 - end) === after.at(-1 - end)) end += 1;
  const same = (lines: readonly string[]): Change[] => lines.map((text) => ({ mark: " ", text }));
  const middle = walk(
    before.slice(start, before.length - end),
    after.slice(start, after.length - end),
  );
  return [...same(before.slice(0, start)), ...middle, ...same(before.slice(before.length - end))];
}

/** Keeps a longest common subsequence. Removed lines come before added ones. */
function walk(before: readonly string[], after: readonly string[]): readonly Change[] {
  const kept = commonLengths(before, after);
  const keptFrom = (one: number, other: number): number => kept[one]?.[other] ?? 0;
  const changes: Change[] = [];
  let [one, other] = [0, 0];
  while (one < before.length || other < after.length) {
    const [out, put] = [before[one], after[other]];
    if (out !== undefined && out === put) {
      changes.push({ mark: " ", text: out });
      [one, other] = [one + 1, other + 1];
    } else if (
      out !== undefined &&
      (put === undefined || keptFrom(one + 1, other) >= keptFrom(one, other + 1))
    ) {
      changes.push({ mark: "-", text: out });
      one += 1;
    } else {
      changes.push({ mark: "+", text: put ?? "" });
      other += 1;
    }
  }
  return changes;
}

/** Returns, at [one][other], the number of common lines of the two remainders. */
function commonLengths(before: readonly string[], after: readonly string[]): readonly number[][] {
  const table = Array.from({ length: before.length + 1 }, () =>
    Array<number>(after.length + 1).fill(0),
  );
  for (const [one, row] of [...table.entries()].toReversed())
    for (let other = after.length - 1; other >= 0 && one < before.length; other -= 1) {
      const below = table[one + 1] ?? [];
      row[other] =
        before[one] === after[other]
          ? (below[other + 1] ?? 0) + 1
          : Math.max(below[other] ?? 0, row[other + 1] ?? 0);
    }
  return table;
}
