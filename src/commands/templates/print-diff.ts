import { type DiffLine, diffLines } from "../../template/folder/line-diff.ts";
import {
  inReadingOrder,
  type Sources,
  type TemplateContent,
} from "../../domain/template/version.ts";

/** A version, or a draft, with the files from which it was put together if they are known. */
export interface Comparable extends TemplateContent {
  readonly sources: Sources | null;
}

const ABOUT = ["name", "channel", "language", "subject", "theme", "sensitive"] as const;
/** Shown only if they are known. */
const FACTS = [
  "kind",
  "asksForMoney",
  "requiredByLaw",
  "requiredMedium",
  "programme",
  "declares",
] as const;
const PARTS = {
  subject: "subjectTemplate",
  html: "htmlTemplate",
  text: "textTemplate",
} as const satisfies Record<string, keyof TemplateContent>;

const COLORS: Readonly<Partial<Record<DiffLine["mark"], string>>> = {
  "-": "\u001B[31m",
  "+": "\u001B[32m",
  "@": "\u001B[36m",
};
const RESET = "\u001B[0m";

/** The difference of one file of two versions, as lines of a unified diff. */
export interface FileDiff {
  /** `about`, the name of a file, or the name of a part of versions whose files are not known. */
  readonly name: string;
  readonly lines: readonly string[];
}

/** A partial is shared by templates, so a change of it is shown once for all of them. */
export const isPartial = ({ name }: FileDiff): boolean => name.startsWith("partials/");

/**
 * Compares two versions file by file, as their authors wrote them. Of a version whose files are not known the parts are
 * compared, with the partials in them.
 */
export function fileDiffs(
  before: Comparable,
  after: Comparable,
  colored: boolean,
): readonly FileDiff[] {
  const about = ["about", aboutText(before), aboutText(after)] as const;
  const texts = [about, ...pairsOf(before, after)];
  return texts.flatMap(([name, one, other]) => {
    const lines = clipped(diffLines(one, other)).map((line) => shown(line, colored));
    return lines.length === 0 ? [] : [{ name, lines }];
  });
}

/** Returns a unified diff of two versions. */
export const templateDiff = (before: Comparable, after: Comparable, colored: boolean): string[] =>
  fileDiffs(before, after, colored).flatMap(({ name, lines }) => [name, ...lines]);

type Pair = readonly [name: string, before: string, after: string];

function pairsOf(before: Comparable, after: Comparable): readonly Pair[] {
  const [one, other] = [before.sources, after.sources];
  if (one === null || other === null)
    return Object.entries(PARTS).map(
      ([part, column]) => [part, before[column] ?? "", after[column] ?? ""] as const,
    );
  const names = inReadingOrder([...Object.keys(other), ...Object.keys(one)]);
  return names.map((name) => [name, one[name] ?? "", other[name] ?? ""] as const);
}

const isKnown = (fact: TemplateContent[(typeof FACTS)[number]]): boolean =>
  Array.isArray(fact) ? fact.length > 0 : fact !== null;

function aboutText(content: TemplateContent): string {
  const keys = [...ABOUT, ...FACTS.filter((key) => isKnown(content[key]))];
  return keys.map((key) => `${key}: ${String(content[key])}\n`).join("");
}

function shown({ mark, text }: DiffLine, colored: boolean): string {
  const color = COLORS[mark];
  const line = mark === "@" ? text : `${mark}${text}`;
  if (color === undefined) return line.trimEnd();
  return colored ? `${color}${line}${RESET}` : line;
}

/** The longest line that is shown whole, and the characters that are shown around the change in a longer one. */
const LONGEST_LINE = 160;
const AROUND = 50;

/** A paragraph is one line of hundreds of characters: of a long line the changed part is shown. */
function clipped(lines: readonly DiffLine[]): readonly DiffLine[] {
  return lines.map((line, index) => {
    if (line.text.length <= LONGEST_LINE) return line;
    const other = counterpart(lines, index);
    return { ...line, text: other === undefined ? cut(line.text) : around(line.text, other.text) };
  });
}

const cut = (text: string): string => `${text.slice(0, LONGEST_LINE)}…`;

/** The line that replaced a removed line, or that an added line replaced: removed lines come before added ones. */
function counterpart(lines: readonly DiffLine[], index: number): DiffLine | undefined {
  const mark = lines[index]?.mark;
  if (mark !== "-" && mark !== "+") return undefined;
  const isChange = (line: DiffLine | undefined): boolean =>
    line?.mark === "-" || line?.mark === "+";
  let from = index;
  while (isChange(lines[from - 1])) from -= 1;
  let to = index + 1;
  while (isChange(lines[to])) to += 1;
  const run = lines.slice(from, to);
  const removed = run.filter((line) => line.mark === "-");
  const added = run.filter((line) => line.mark === "+");
  const place = index - from;
  return mark === "-" ? added[place] : removed[place - removed.length];
}

function around(text: string, other: string): string {
  const shorter = Math.min(text.length, other.length);
  let start = 0;
  while (start < shorter && text[start] === other[start]) start += 1;
  let end = 0;
  while (end < shorter - start && text.at(-1 - end) === other.at(-1 - end)) end += 1;
  const from = Math.max(0, start - AROUND);
  const to = text.length - Math.max(0, end - AROUND);
  return `${from > 0 ? "…" : ""}${text.slice(from, to)}${to < text.length ? "…" : ""}`;
}

/** Uses colors only on a terminal and if NO_COLOR is not set (https://no-color.org). */
export const wantsColor = (): boolean =>
  process.stdout.isTTY && (process.env["NO_COLOR"] ?? "") === "";
