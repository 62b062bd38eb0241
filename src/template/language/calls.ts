import {
  type Block,
  type Call,
  type Expression,
  optionsOf,
  paramsOf,
  type Path,
} from "./syntax.ts";
import { type Word, WORDS } from "./helpers.ts";

const BLOCKS = ["if", "unless", "each", "with"];

/** The word a call names; undefined for a plain variable, which takes nothing. */
export function wordOf(call: Call): Word | undefined {
  return WORDS.get(nameOf(call));
}

/** The name a call is made by, as written. */
export function nameOf({ path }: Call): string {
  return (path as Path).original;
}

/** Whether a tag calls something, or only names a variable. */
export function isCall(call: Call): boolean {
  return wordOf(call) !== undefined || call.params.length > 0 || optionsOf(call).length > 0;
}

/** What is wrong with a call, whatever its values will be; null when nothing is. */
export function callFault(call: Call): string | null {
  const name = nameOf(call);
  const word = wordOf(call);
  if (word === undefined)
    return `There is no helper ${name}. There are: ${[...WORDS.keys()].join(", ")}.`;
  const [least, most] = word.takes;
  const count = call.params.length;
  if (count === 0)
    return `${name} is a helper here and needs a value; a variable of that name is this.${name}.`;
  if (count < least || count > most)
    return `${name} takes ${least === most ? "" : `${least} to `}${most} value${most === 1 ? "" : "s"}.`;
  return settingsFault(call, word);
}

/** Patterns and options stand in quotes in the template, so that they are checked before it is published. */
function settingsFault(call: Call, word: Word): string | null {
  const name = nameOf(call);
  const options = optionsOf(call);
  const strange = options.find(([key]) => !word.options?.includes(key));
  if (strange !== undefined) return `${name} has no option ${strange[0]}.`;
  const [, second] = paramsOf(call);
  const settings = options.map(([key, value]) => [key, quoted(value)] as const);
  const pattern = word.fault === undefined || second === undefined ? undefined : quoted(second);
  if (pattern === null || settings.some(([, value]) => value === null))
    return `What ${name} is told to do stands in quotes; it cannot come from a variable.`;
  return word.fault?.(pattern, Object.fromEntries(settings) as Record<string, string>) ?? null;
}

function quoted(expression: Expression): string | null {
  return expression.type === "StringLiteral" ? expression.value : null;
}

/** What is wrong with how a block is opened; null when nothing is. */
export function blockFault(block: Block): string | null {
  const name = nameOf(block);
  if (!BLOCKS.includes(name)) return `There is no block ${name}. There are: ${BLOCKS.join(", ")}.`;
  if (block.params.length !== 1 || optionsOf(block).length > 0) return `${name} takes one value.`;
  return null;
}

/** Whether the first value may be absent: it is asked for, or the template says what to write instead. */
export function mayBeAbsent(call: Call & Partial<Pick<Block, "inverse">>): boolean {
  const name = nameOf(call);
  if (name === "each" || name === "with") return call.inverse !== undefined;
  return name === "if" || name === "unless" || name === "default";
}
