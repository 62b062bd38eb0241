import { nearestWord } from "../../domain/values/did-you-mean.ts";
import { below, CONTEXT, type Declared, elementOf, namesBelow } from "./declared-context.ts";
import { nameOf } from "../language/calls.ts";
import type { Block, Path } from "../language/syntax.ts";

/** The meaning of names at one place of a template. */
export interface Scope {
  /** The contexts from the inside out: `this`, then `../`, up to the whole context. */
  readonly contexts: readonly Declared[];
  /** Block parameters, as in `as |loan index|`. */
  readonly named: ReadonlyMap<string, Declared>;
  readonly inEach: boolean;
  /** True under a condition or in a block with an `else`. */
  readonly inBranch: boolean;
  /** Variables whose presence an enclosing condition has tested. */
  readonly found: readonly string[];
}

export const TOP: Scope = {
  contexts: [CONTEXT],
  named: new Map(),
  inEach: false,
  inBranch: false,
  found: [],
};

const INDEX: Declared = { name: "@index", shape: { type: "number" } };
const DATA: ReadonlyMap<string, Declared> = new Map([
  ["index", INDEX],
  ["first", { name: "@first", shape: { type: "boolean" } }],
  ["last", { name: "@last", shape: { type: "boolean" } }],
]);
const LANGUAGE: Declared = { name: "@language", shape: { type: "string" } };

/** Returns the declared variable that a path means, or a sentence that says why there is none. */
export function resolve(path: Path, scope: Scope): Declared | string {
  const [start, rest] = startOf(path, scope);
  const end = start && follow(start, rest);
  if (end !== undefined) return end;
  const elsewhere = !path.data && scope.contexts.length > 1 && follow(CONTEXT, path.parts);
  const hint = elsewhere
    ? ` Inside this block it is @root.${elsewhere.name}.`
    : suggest(path, scope, [start, rest]);
  return `There is no variable ${path.original} here.${hint}`;
}

/** Suggests the path with its misspelled names corrected, if every one of them is near a declared name. */
function suggest(path: Path, scope: Scope, [start, rest]: ReturnType<typeof startOf>): string {
  const inside = start && correct(start, rest);
  const prefix = path.original.slice(0, path.original.length - rest.join(".").length);
  if (inside !== undefined) return ` Did you mean ${prefix}${inside}?`;
  const outside =
    scope.contexts.length > 1 && !path.data ? correct(CONTEXT, path.parts) : undefined;
  return outside === undefined ? "" : ` Did you mean @root.${outside}?`;
}

function correct(start: Declared, names: readonly string[]): string | undefined {
  const [name, ...rest] = names;
  if (name === undefined) return "";
  const known = below(start, name) === undefined ? nearestWord(name, namesBelow(start)) : name;
  const next = known === undefined ? undefined : below(start, known);
  const further = next && correct(next, rest);
  if (further === undefined) return undefined;
  return further === "" ? known : `${known}.${further}`;
}

/** Returns the start of a path and the remaining names. */
function startOf(
  { data, depth, parts, original }: Path,
  { contexts, named, inEach }: Scope,
): [Declared | undefined, readonly string[]] {
  const [first = "", ...rest] = parts;
  if (data && depth > 0) return [undefined, rest];
  if (data && first === "root") return [contexts.at(-1), rest];
  if (data && first === "language") return [LANGUAGE, rest];
  if (data) return [inEach ? DATA.get(first) : undefined, rest];
  const own = depth > 0 || /^(?:\.|this\b)/.test(original);
  const param = own ? undefined : named.get(first);
  return param === undefined ? [contexts[depth], parts] : [param, rest];
}

function follow(start: Declared, names: readonly string[]): Declared | undefined {
  return names.reduce<Declared | undefined>((at, name) => at && below(at, name), start);
}

/** Returns the scope inside an `each` or a `with` on `target`. */
export function into(scope: Scope, target: Declared, block: Block): Scope {
  const isEach = nameOf(block) === "each";
  const inner = isEach ? elementOf(target) : target;
  return {
    ...(block.inverse === undefined ? scope : branchOf(scope, target.name)),
    contexts: [inner, ...scope.contexts],
    named: withNames(scope, block, isEach ? [inner, INDEX] : [inner]),
    inEach: scope.inEach || isEach,
  };
}

/** Returns the scope under a condition. `found` is the variable whose presence it tested. */
export function branchOf(scope: Scope, found?: string): Scope {
  return {
    ...scope,
    inBranch: true,
    found: found === undefined ? scope.found : [...scope.found, found],
  };
}

/** Adds the block parameters, as in `as |loan index|`. */
function withNames(scope: Scope, block: Block, values: readonly Declared[]): Scope["named"] {
  const named = new Map(scope.named);
  for (const [index, name] of (block.program?.blockParams ?? []).entries()) {
    const value = values[index];
    if (value !== undefined) named.set(name, value);
  }
  return named;
}
