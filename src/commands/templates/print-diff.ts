import { type DiffLine, diffLines } from "../../template/folder/line-diff.ts";
import type { TemplateContent } from "../../domain/template/version.ts";

const ABOUT = ["name", "channel", "language", "subject", "theme", "sensitive"] as const;
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

/** Returns a unified diff of two versions, part by part. */
export function templateDiff(
  before: TemplateContent,
  after: TemplateContent,
  colored: boolean,
): string[] {
  const about = diffLines(aboutText(before), aboutText(after));
  const parts = Object.entries(PARTS).map(
    ([part, column]) => [part, diffLines(before[column] ?? "", after[column] ?? "")] as const,
  );
  return [["about", about] as const, ...parts].flatMap(([title, lines]) =>
    lines.length === 0 ? [] : [title, ...lines.map((line) => shown(line, colored))],
  );
}

const aboutText = (content: TemplateContent): string =>
  ABOUT.map((key) => `${key}: ${content[key]}\n`).join("");

function shown({ mark, text }: DiffLine, colored: boolean): string {
  const color = COLORS[mark];
  const line = mark === "@" ? text : `${mark}${text}`;
  if (color === undefined) return line.trimEnd();
  return colored ? `${color}${line}${RESET}` : line;
}

/** Uses colors only on a terminal and if NO_COLOR is not set (https://no-color.org). */
export const wantsColor = (): boolean =>
  process.stdout.isTTY && (process.env["NO_COLOR"] ?? "") === "";
