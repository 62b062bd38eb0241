/** One line of a comparison, as a unified diff shows it. */
export interface DiffLine {
  /** `@` begins a stretch of changes with its places. */
  readonly mark: " " | "-" | "+" | "@";
  readonly text: string;
}

type Change = DiffLine & { readonly mark: " " | "-" | "+" };

/** Lines that stay the same around a change. */
const CONTEXT = 2;

/** What turns one text into the other by the fewest lines, as stretches of a unified diff; nothing when they are equal. */
export function diffLines(before: string, after: string): readonly DiffLine[] {
  const changes = changesBetween(linesOf(before), linesOf(after));
  const near = changes.map((_, at) =>
    changes
      .slice(Math.max(0, at - CONTEXT), at + CONTEXT + 1)
      .some((change) => change.mark !== " "),
  );
  let [lineBefore, lineAfter] = [1, 1];
  return changes.flatMap((change, at): DiffLine[] => {
    const place = `@@ -${lineBefore} +${lineAfter} @@`;
    if (change.mark !== "+") lineBefore += 1;
    if (change.mark !== "-") lineAfter += 1;
    if (near[at] !== true) return [];
    return at > 0 && near[at - 1] === true ? [change] : [{ mark: "@", text: place }, change];
  });
}

/** A line break ends a line and begins none. */
function linesOf(text: string): readonly string[] {
  return text === "" ? [] : text.replace(/\n$/, "").split("\n");
}

/** Every line of both, in order. What both begin and end with is set aside: templates change in a few places. */
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

/** Keeps a longest common subsequence; where both could go, lines are taken out before others are put in. */
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

/** At [one][other], how many lines the rests from there have in common. */
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
