import { parseArgs } from "node:util";
import { nearestWord } from "../../domain/values/did-you-mean.ts";
import { wrongArguments } from "./arguments.ts";
import { aligned } from "./layout.ts";
import type { Print } from "./print.ts";
import { EXIT, type ExitCode } from "./exit-codes.ts";

/** An option of a command, for the parser and for the help. */
export interface Option {
  readonly type: "string" | "boolean";
  readonly multiple?: true;
  /** The placeholder for the value in the help, such as ID. */
  readonly value?: string;
  readonly message: string;
}
type Options = Readonly<Record<string, Option>>;

type ValueOf<Known extends Option> = Known["type"] extends "boolean"
  ? boolean
  : Known extends { readonly multiple: true }
    ? readonly string[]
    : string;

/** A parsed command line. All words are known; only options can be missing. */
export interface Call<Known extends Options> {
  readonly options: { readonly [Name in keyof Known]?: ValueOf<Known[Name]> };
  readonly operands: readonly string[];
  readonly print: Print;
}

interface Description<Known extends Options> {
  readonly name: string;
  /** A line for the list of commands. */
  readonly summary: string;
  /** The words after the name, such as `INTERACTION_ID [--json]`. */
  readonly takes?: string;
  /** Further text for the help page. */
  readonly details?: string;
  /** Words without a dash, in order. Those in brackets are optional, and a last one with … can be repeated. */
  readonly operands?: readonly string[];
  readonly options: Known;
  run(call: Call<Known>): Promise<ExitCode>;
}

/** A verb of the command line. */
export interface Command {
  readonly name: string;
  readonly summary: string;
  /** The text that `--help` prints. */
  readonly help: string;
  /** Resolves to the exit code. Throws ARGUMENTS_INVALID if the command line is not valid. */
  run(words: readonly string[], print: Print): Promise<ExitCode>;
}

/** Creates a command that parses its own words and answers `--help`. */
export function command<const Known extends Options>(description: Description<Known>): Command {
  const { name, summary } = description;
  const help = helpOf(description);
  return {
    name,
    summary,
    help,
    async run(words, print) {
      const { values, positionals } = parse(description, words);
      if (values["help"] === true) {
        print(help);
        return EXIT.done;
      }
      checkOperands(description, positionals);
      // parseArgs has checked the given options against the same description
      const options = values as Call<Known>["options"];
      return await description.run({ options, operands: positionals, print });
    },
  };
}

const seeHelp = (name: string): string => `\`tidings ${name} --help\` shows its usage`;

function parse(
  { name, options }: Description<Options>,
  words: readonly string[],
): { values: Readonly<Record<string, unknown>>; positionals: readonly string[] } {
  const known = Object.entries(options).map(
    ([option, { type, multiple = false }]) => [option, { type, multiple }] as const,
  );
  try {
    return parseArgs({
      args: [...words],
      options: { ...Object.fromEntries(known), help: { type: "boolean", short: "h" } },
      allowPositionals: true,
    });
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    // node's advice on an unknown option assumes an operand of that name, so it is cut off
    const [wrong = ""] = error.message.replaceAll("\n", " ").split(/\. To specify a positional/);
    const [, unknown = ""] = /^Unknown option '--?([^']*)'/.exec(wrong) ?? [];
    const near = nearestWord(unknown, Object.keys(options));
    const hint = near === undefined ? "" : `did you mean --${near}? `;
    throw wrongArguments(`${wrong}; ${hint}${seeHelp(name)}`);
  }
}

function checkOperands(
  { name, operands = [] }: Description<Options>,
  given: readonly string[],
): void {
  const missing = operands.slice(given.length).filter((operand) => !operand.startsWith("["));
  if (missing.length > 0) throw wrongArguments(`${missing.join(" ")} is missing; ${seeHelp(name)}`);
  const [unknown] = operands.at(-1)?.endsWith("…") ? [] : given.slice(operands.length);
  if (unknown !== undefined)
    throw wrongArguments(`"${unknown}" is one word too many; ${seeHelp(name)}`);
}

function helpOf({ name, summary, takes = "", details, options }: Description<Options>): string {
  const rows = Object.entries(options).map(([option, { value, message }]) => [
    value === undefined ? `--${option}` : `--${option} ${value}`,
    message,
  ]);
  const page = [`tidings ${name} ${takes}`.trimEnd(), `\n${summary}`];
  if (details !== undefined) page.push(`\n${details}`);
  if (rows.length > 0) page.push("", ...aligned(rows).map((line) => `  ${line}`));
  return page.join("\n");
}
