import { readFileSync } from "node:fs";

/** A fenced block of a page. */
export interface Block {
  readonly language: string;
  readonly text: string;
  /** The line of the page on which the text begins. */
  readonly line: number;
}

const FENCED = /^```(\w+)\n([\s\S]*?)^```$/gmu;

/** Returns the fenced blocks of a Markdown file in these languages, in the order of the page. */
export function blocksOf(path: string, ...languages: readonly string[]): Block[] {
  const page = readFileSync(path, "utf8");
  return [...page.matchAll(FENCED)]
    .map(({ 1: language = "", 2: text = "", index }) => ({
      language,
      text,
      line: page.slice(0, index).split("\n").length + 1,
    }))
    .filter((block) => languages.includes(block.language));
}

/** Returns the text of the fenced blocks inside list items, in the order of the page. */
export const indentedBlocksOf = (path: string, language: string): string[] =>
  [...readFileSync(path, "utf8").matchAll(/^( +)```(\w+)\n([\s\S]*?)^ +```$/gmu)]
    .filter(([, , found]) => found === language)
    .map(([, indent = "", , text = ""]) => text.replaceAll(new RegExp(`^${indent}`, "gmu"), ""));

/**
 * Splits SQL into its statements, as psql does. Only `$$` quotes a semicolon that ends a line, and a comment may follow
 * the semicolon.
 */
export function statementsOf(text: string): string[] {
  const statements: string[] = [];
  let open = "";
  for (const line of text.split("\n")) {
    open += `${line}\n`;
    const isQuoted = open.split("$$").length % 2 === 0;
    if (isQuoted || !/;\s*(--.*)?$/u.test(line)) continue;
    statements.push(open);
    open = "";
  }
  if (/^(?!--)\S/mu.test(open)) throw new Error(`a statement without its semicolon: ${open}`);
  return statements;
}
