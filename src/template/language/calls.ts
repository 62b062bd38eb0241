import { didYouMean } from "../../domain/values/did-you-mean.ts";
import {
  type Block,
  type Call,
  type Expression,
  optionsOf,
  paramsOf,
  type Path,
} from "./syntax.ts";
import { type Helper, HELPERS } from "./helpers.ts";

const BLOCKS = ["if", "unless", "each", "with"];

/** Returns the helper that a call names, or undefined for a plain variable. */
export function helperOf(call: Call): Helper | undefined {
  return HELPERS.get(nameOf(call));
}

/** Returns the name of a call, as written. */
export function nameOf({ path }: Call): string {
  return (path as Path).original;
}

/** Returns true if a tag calls a helper, and false if it only names a variable. */
export function isCall(call: Call): boolean {
  return helperOf(call) !== undefined || call.params.length > 0 || optionsOf(call).length > 0;
}

/** Returns the error of a call that no value could correct, or null. */
export function callFault(call: Call): string | null {
  const name = nameOf(call);
  const helper = helperOf(call);
  if (helper === undefined)
    return `There is no helper ${name}.${didYouMean(name, HELPERS.keys())} The helpers are: ${[...HELPERS.keys()].join(", ")}.`;
  const [least, most] = helper.takes;
  const count = call.params.length;
  if (count === 0)
    return `${name} is a helper here and needs a value; a variable of that name is this.${name}.`;
  if (count < least || count > most)
    return `${name} takes ${least === most ? "" : `${least} to `}${most} value${most === 1 ? "" : "s"}.`;
  return settingsFault(call, helper);
}

/** Patterns and options must be quoted in the template, so that they can be checked before it is published. */
function settingsFault(call: Call, helper: Helper): string | null {
  const name = nameOf(call);
  const options = optionsOf(call);
  const strange = options.find(([key]) => !helper.options?.includes(key));
  if (strange !== undefined)
    return `${name} has no option ${strange[0]}.${didYouMean(strange[0], helper.options ?? [])}`;
  const [, second] = paramsOf(call);
  const settings = options.map(([key, value]) => [key, quoted(value)] as const);
  const pattern = helper.fault === undefined || second === undefined ? undefined : quoted(second);
  if (pattern === null || settings.some(([, value]) => value === null))
    return `The pattern and options of ${name} must be quoted text; they cannot come from a variable.`;
  return helper.fault?.(pattern, Object.fromEntries(settings) as Record<string, string>) ?? null;
}

function quoted(expression: Expression): string | null {
  return expression.type === "StringLiteral" ? expression.value : null;
}

/** Returns the error in how a block is opened, or null. */
export function blockFault(block: Block): string | null {
  const name = nameOf(block);
  if (!BLOCKS.includes(name))
    return `There is no block ${name}.${didYouMean(name, BLOCKS)} The blocks are: ${BLOCKS.join(", ")}.`;
  if (block.params.length !== 1 || optionsOf(block).length > 0) return `${name} takes one value.`;
  return null;
}

/** Returns true if the first value may be absent, because the template tests for it or supplies an alternative. */
export function mayBeAbsent(call: Call & Partial<Pick<Block, "inverse">>): boolean {
  const name = nameOf(call);
  if (name === "each" || name === "with") return call.inverse !== undefined;
  return name === "if" || name === "unless" || name === "default" || name === "is";
}
