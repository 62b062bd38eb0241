import { readFile } from "node:fs/promises";
import { createInterface } from "node:readline";
import { judgeFacts } from "../../decide/guard/judge.ts";
import { builtInPolicy } from "../../decide/guard/policy/policy.ts";
import { writeRules, writeVerdict } from "../../decide/guard/write-verdict.ts";
import { Fault } from "../../domain/fault.ts";
import { factSheetSchema, readQuestion } from "../../domain/guard/facts.ts";
import type { FieldError } from "../../domain/guard/fields.ts";
import { unusable, wrongArguments, refuseAlone } from "../cli/arguments.ts";
import { command } from "../cli/command.ts";
import type { Print } from "../cli/print.ts";
import { factSheetPage } from "./fact-sheet-page.ts";
import { EXIT, type ExitCode } from "../cli/exit-codes.ts";

/** Judges fact sheets by the rules of the guard, without a database. */
export const judge = command({
  name: "judge",
  summary: "judge fact sheets by the compliance rules, without a database",
  takes: "(--facts FILE [--all] | --schema | --markdown)",
  details: `A fact sheet is {"now": "2026-11-20T16:30:00Z", "facts": {…}}; docs/fact-sheet.md describes its
members. The verdict is one line of JSON. With --facts - each line of the standard input is a
fact sheet; one that does not fit gives a line with an error, and the next one is judged. The
exit code is 2 if one did not fit.`,
  options: {
    facts: { type: "string", value: "FILE", message: "the fact sheet; - reads one a line" },
    all: { type: "boolean", message: "add the result of every rule" },
    schema: { type: "boolean", message: "print the JSON Schema of facts" },
    markdown: { type: "boolean", message: "print docs/fact-sheet.md" },
  },
  async run({ options, print }) {
    const { facts, all = false, schema, markdown } = options;
    if (facts === undefined) refuseAlone(options, ["all"], "--facts");
    else refuseAlone(options, ["schema", "markdown"], "`judge` without --facts");
    if (schema === true) return show(JSON.stringify(factSheetSchema()), print);
    if (markdown === true) return show(factSheetPage(), print);
    if (facts === undefined) throw wrongArguments("give --facts FILE, or --facts - for lines");
    if (facts === "-") return await judgeLines(all, print);
    const text = await readFile(facts, "utf8").catch(unusable(`--facts ${facts} cannot be read`));
    const answer = judgeText(text, all);
    if ("errors" in answer) throw new Fault("FACTS_INVALID", sentenceOf(answer.errors));
    return show(JSON.stringify(answer), print);
  },
});

function show(text: string, print: Print): ExitCode {
  print(text);
  return EXIT.done;
}

/** Blank lines are skipped. */
async function judgeLines(all: boolean, print: Print): Promise<ExitCode> {
  let code: ExitCode = EXIT.done;
  const lines = createInterface({ input: process.stdin, crlfDelay: Number.POSITIVE_INFINITY });
  for await (const line of lines) {
    if (line.trim() === "") continue;
    const answer = judgeText(line, all);
    if ("errors" in answer) code = EXIT.usage;
    print(JSON.stringify(answer));
  }
  return code;
}

interface InvalidFacts {
  readonly error: "FACTS_INVALID";
  readonly errors: readonly FieldError[];
}

function judgeText(text: string, all: boolean): object | InvalidFacts {
  const input = parse(text);
  if (input === undefined) return invalidFacts([{ field: "", message: "must be JSON" }]);
  const question = readQuestion(input);
  if (question.kind === "invalid") return invalidFacts(question.errors);
  const judgement = judgeFacts(question.facts, builtInPolicy(), question.now);
  const verdict = writeVerdict(judgement);
  return all ? { ...verdict, rules: writeRules(judgement) } : verdict;
}

const invalidFacts = (errors: readonly FieldError[]): InvalidFacts => ({
  error: "FACTS_INVALID",
  errors,
});

/** Undefined if the text is not JSON. The parser's own message would quote the text, which may be personal. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

const sentenceOf = (errors: readonly FieldError[]): string =>
  errors.map(({ field, message }) => `${field} ${message}`.trim()).join("; ");
