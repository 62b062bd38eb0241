import type { Print } from "./print.ts";

/** The option of commands that print one JSON document in place of words. */
export const JSON_OPTION = {
  json: { type: "boolean", message: "as one JSON document" },
} as const;

/** The output of a command. */
export interface Output {
  readonly print: Print;
  /** True for one JSON document and nothing else on standard output. */
  readonly json: boolean;
}

/** Prints a result as a JSON document or in words. */
export function printResult(
  { print, json }: Output,
  document: object,
  words: readonly string[],
): void {
  if (json) print(JSON.stringify(document, null, 2));
  else for (const line of words) print(line);
}
