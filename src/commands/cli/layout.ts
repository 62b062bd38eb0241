/** Where prose is broken: wider lines are hard to read, and to fit on a screen. */
const WIDTH = 100;

/** Rows as lines whose cells stand below each other, two spaces apart. */
export function aligned(rows: readonly (readonly string[])[]): string[] {
  const widths: number[] = [];
  for (const row of rows)
    for (const [column, cell] of row.entries())
      widths[column] = Math.max(widths[column] ?? 0, cell.length);
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd(),
  );
}

/** Prose as lines no wider than a page, each behind `indent`; a word longer than that keeps a line of its own. */
export function wrapped(prose: string, indent = ""): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of prose.split(" ")) {
    const longer = line === "" ? word : `${line} ${word}`;
    if (line !== "" && indent.length + longer.length > WIDTH) {
      lines.push(indent + line);
      line = word;
    } else line = longer;
  }
  return [...lines, indent + line];
}

/** `1 change`, `2 changes`, `1,200 changes`. */
export function counted(count: number, noun: string): string {
  return `${count.toLocaleString("en-US")} ${noun}${count === 1 ? "" : "s"}`;
}

/** Text of others as a terminal may be given it: what would steer the terminal is shown as a sign. */
export function printable(text: string): string {
  return text.replaceAll(/[^\P{Cc}\n\t]/gu, "\uFFFD");
}
