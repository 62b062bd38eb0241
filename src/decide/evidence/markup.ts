import { escapeHtml } from "../../template/language/escape-html.ts";

/** Html that is already safe. */
export interface Safe {
  readonly html: string;
}

/** A value in html: text is escaped, null is left out. */
export type Piece = string | number | null | Safe | readonly Piece[];

const isSafe = (piece: Piece): piece is Safe =>
  typeof piece === "object" && piece !== null && "html" in piece;

function write(piece: Piece): string {
  if (piece === null) return "";
  if (typeof piece === "string") return escapeHtml(visible(piece));
  if (typeof piece === "number") return String(piece);
  return isSafe(piece) ? piece.html : piece.map(write).join("");
}

/** Characters that turn the direction of reading would let one text look like another. */
const visible = (text: string): string =>
  text.replaceAll(/[\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069]|[^\P{Cc}\n\t]/gu, "\uFFFD");

/** Writes html. It is not called `html`, because formatters would add spaces to templates of that name. Every value is escaped, except what this function has written itself. */
export const markup = (strings: TemplateStringsArray, ...pieces: readonly Piece[]): Safe => ({
  html: strings.reduce((sofar, part, at) => sofar + write(pieces[at - 1] ?? null) + part),
});

/** A table of names and values. Rows without a value are left out. */
export const facts = (rows: readonly (readonly [name: string, value: Piece])[]): Safe =>
  markup`<dl>${rows.map(([name, value]) => (isEmpty(value) ? null : markup`<dt>${name}</dt><dd>${value}</dd>`))}</dl>`;

const isEmpty = (piece: Piece): boolean =>
  piece === null || piece === "" || (Array.isArray(piece) && piece.length === 0);

/** A table with a heading for each column; nothing without rows. On a phone each cell has the heading before it. */
export const table = (heads: readonly string[], rows: readonly (readonly Piece[])[]): Piece =>
  rows.length === 0
    ? null
    : markup`<div class="wide"><table><thead><tr>${heads.map((head) => markup`<th scope="col">${head}</th>`)}</tr></thead>
<tbody>${rows.map((row) => markup`<tr>${row.map((cell, at) => markup`<td data-head="${heads[at] ?? ""}">${cell}</td>`)}</tr>\n`)}</tbody></table></div>`;

/** Data as indented JSON. */
export const json = (value: unknown): Piece =>
  value === null || value === undefined
    ? null
    : markup`<pre>${JSON.stringify(value, null, 2)}</pre>`;
