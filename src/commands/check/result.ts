import { oneLine } from "../cli/layout.ts";
import { EXIT, type ExitCode } from "../cli/exit-codes.ts";
import type { Print } from "../cli/print.ts";

/** The result of one check, in full sentences. A warning does not stop anything today. */
export interface CheckResult {
  readonly check: string;
  readonly result: "ok" | "warning" | "failed";
  readonly sentence: string;
  /** Ids of rows that show it; only for data. */
  readonly examples?: readonly string[];
}

export const passed = (check: string, sentence: string): CheckResult => ({
  check,
  result: "ok",
  sentence,
});
export const warning = (check: string, sentence: string): CheckResult => ({
  check,
  result: "warning",
  sentence,
});
export const failure = (check: string, sentence: string): CheckResult => ({
  check,
  result: "failed",
  sentence,
});

const WORDS = { ok: "ok     ", warning: "WARNING", failed: "FAILED " } as const;

/** Prints the results. The exit code is `checkFailed` if one failed. */
export function printResults(
  results: readonly CheckResult[],
  isJson: boolean,
  print: Print,
): ExitCode {
  const failed = results.filter(({ result }) => result === "failed");
  if (isJson) print(JSON.stringify({ failed: failed.length, results }, null, 2));
  else
    for (const one of results)
      print(oneLine(`${WORDS[one.result]}  ${one.check}: ${one.sentence}`));
  return failed.length === 0 ? EXIT.done : EXIT.checkFailed;
}
