import type { ReadLine, References } from "../../domain/dry-run/arrival.ts";
import { parseExactJson } from "../../domain/values/exact-json.ts";
import { caseChangeLine } from "../../domain/dry-run/case-change-line.ts";

/** The error of a line. It never repeats the line's values, which may be personal. */
export interface LineFault {
  readonly line: number;
  readonly message: string;
}

export interface ReadLines {
  readonly lines: readonly ReadLine[];
  readonly faults: readonly LineFault[];
}

/** Reads every line of a JSON-lines file of case changes. Blank lines are skipped. */
export function readLines(text: string): ReadLines {
  const read = text
    .replace(/^\uFEFF/, "")
    .split("\n")
    .map((written, position) => [position + 1, written] as const)
    .filter(([, written]) => written.trim() !== "")
    .map(([line, written]) => readLine(line, written));
  return {
    lines: read.filter((one) => "change" in one),
    faults: read.flatMap((one) => ("faults" in one ? one.faults : [])),
  };
}

function readLine(
  line: number,
  written: string,
): ReadLine | { readonly faults: readonly LineFault[] } {
  const json = parseJson(written);
  if (json === undefined) return { faults: [{ line, message: "it is not JSON" }] };
  const { data, error } = caseChangeLine.safeParse(json);
  if (data !== undefined) return { line, change: data };
  const faults = error.issues.map(({ path, message }) => ({
    line,
    message: path.length === 0 ? message : `${path.join(".")} ${message}`,
  }));
  return { faults };
}

/** Returns the errors that the table's references would raise. */
export function findUnknown(lines: readonly ReadLine[], references: References): LineFault[] {
  return lines.flatMap(({ line, change }) => {
    const faults: LineFault[] = [];
    const { case_type_id: caseType, borrower_id: borrower, loan_ids: loans } = change;
    if (!references.caseTypeIds.has(caseType))
      faults.push({ line, message: `case_type_id ${caseType} is not in tidings.case_types` });
    if (!references.borrowerIds.has(borrower))
      faults.push({ line, message: `borrower_id ${borrower} is not in tidings.borrowers` });
    for (const loan of loans.filter((id) => !references.loanIds.has(id)))
      faults.push({ line, message: `loan_ids: ${loan} is not in tidings.loans` });
    return faults;
  });
}

/** Returns undefined for text that is not JSON. The message of the parser quotes the text, so it is not used. */
function parseJson(written: string): unknown {
  try {
    return parseExactJson(written);
  } catch {
    return undefined;
  }
}
