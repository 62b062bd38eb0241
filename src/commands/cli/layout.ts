/** The line width of prose: longer lines are hard to read and do not fit on every screen. */
const WIDTH = 100;

/** Formats rows as lines with aligned columns, two spaces apart. */
export function aligned(given: readonly (readonly string[])[]): string[] {
  const rows = given.map((row) => row.map(oneLine));
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

/** Wraps prose at the width of a page, each line after `indent`. A longer word gets its own line. */
export function wrapped(prose: string, indent = ""): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of oneLine(prose).split(" ")) {
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

/** Control characters except line break and tab, and characters that change the reading direction or begin a line. */
const STEERING = /[^\P{Cc}\n\t]|[\u061C\u200E\u200F\u2028-\u202E\u2066-\u2069]/gu;

/** Makes text from others safe for a terminal: each character that could control it is replaced by a visible one. */
export const printable = (text: string): string => text.replaceAll(STEERING, "\uFFFD");

/** Makes text from others one line. Otherwise a line break in it could imitate a line of ours. */
export const oneLine = (text: string): string =>
  text.replaceAll(/\r\n|[\n\r\v\f\u0085\u2028\u2029]/g, "⏎");

/** Joins lines to one text. Line breaks within a line are removed. */
export const page = (lines: readonly string[]): string => lines.map(oneLine).join("\n");
