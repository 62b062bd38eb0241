import { globSync, readFileSync } from "node:fs";

/** A source file with one operator changed. */
export interface Mutant {
  readonly file: string;
  readonly line: number;
  /** The operator, its replacement and the line, which identify a survivor. */
  readonly name: string;
  readonly text: string;
}

/** The places of comparisons and boolean operators to mutate, by name. */
export const TARGETS: Readonly<Record<string, readonly string[]>> = {
  guard: [
    "src/decide/guard/rules/*.ts",
    "src/decide/guard/scene/*.ts",
    "src/decide/guard/evaluate.ts",
    "src/decide/guard/judge.ts",
  ],
};

const REPLACEMENTS: Readonly<Record<string, readonly string[]>> = {
  "===": ["!=="],
  "!==": ["==="],
  "<": ["<=", ">="],
  "<=": ["<", ">"],
  ">": [">=", "<="],
  ">=": [">", "<"],
  "&&": ["||"],
  "||": ["&&"],
  "!": [""],
  true: ["false"],
  false: ["true"],
};

/** The formatter puts spaces around comparisons and none into type arguments, so the two can be distinguished. */
const OPERATOR =
  /(?<= )(?:===|!==|<=|>=|<|>|&&|\|\|)(?=\s)|(?<=^\s*)(?:&&|\|\|)(?= )|(?<![\w)\]])!(?=[\w(])|(?<=return |=> |\? |: )(?:true|false)(?=[;,)\s]|$)/gm;
/** Text and comments contain no operators. They are replaced by blanks, so that positions do not change. */
const QUIET =
  /\/\*[\s\S]*?\*\/|\/\/.*$|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\.)*`/gm;

/** Every mutant of a file: one operator changed in one way. */
export function mutantsOf(file: string): Mutant[] {
  const source = readFileSync(file, "utf8");
  const code = source.replaceAll(QUIET, (quiet) => quiet.replaceAll(/[^\n]/g, " "));
  return [...code.matchAll(OPERATOR)].flatMap(({ 0: operator, index }) => {
    const line = source.slice(0, index).split("\n").length;
    const written = source.split("\n")[line - 1]?.trim() ?? "";
    return (REPLACEMENTS[operator] ?? []).map((replacement) => ({
      file,
      line,
      name: `${file}: ${operator} to ${replacement === "" ? "nothing" : replacement} in ${written}`,
      text: source.slice(0, index) + replacement + source.slice(index + operator.length),
    }));
  });
}

/** The mutants of all files of a target. */
export const mutantsOfTarget = (name: string): Mutant[] =>
  globSync([...(TARGETS[name] ?? [])])
    .toSorted()
    .flatMap(mutantsOf);
