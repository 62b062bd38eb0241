import { below, CONTEXT, type Declared, elementOf } from "./declared-context.ts";
import { nameOf } from "../language/calls.ts";
import type { Block, Path } from "../language/syntax.ts";

/** What names mean at one place of a template. */
export interface Scope {
  /** What `this` is, then what `../` is, and so on to the context. */
  readonly frames: readonly Declared[];
  /** Named by `as |loan index|`. */
  readonly named: ReadonlyMap<string, Declared>;
  readonly inEach: boolean;
  /** Under a condition, or where there is something else to write. */
  readonly inBranch: boolean;
  /** Variables a condition around has found to be there. */
  readonly found: readonly string[];
}

export const TOP: Scope = {
  frames: [CONTEXT],
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

/** What a path means in a scope, or a sentence why it means nothing. */
export function resolve(path: Path, scope: Scope): Declared | string {
  const [start, rest] = startOf(path, scope);
  const end = start && follow(start, rest);
  if (end !== undefined) return end;
  const elsewhere = !path.data && scope.frames.length > 1 && follow(CONTEXT, path.parts);
  const hint = elsewhere ? ` Inside this block it is @root.${elsewhere.name}.` : "";
  return `There is no variable ${path.original} here.${hint}`;
}

/** Where a path starts, and the names to follow from there. */
function startOf(
  { data, depth, parts, original }: Path,
  { frames, named, inEach }: Scope,
): [Declared | undefined, readonly string[]] {
  const [first = "", ...rest] = parts;
  if (data && depth > 0) return [undefined, rest];
  if (data && first === "root") return [frames.at(-1), rest];
  if (data && first === "language") return [LANGUAGE, rest];
  if (data) return [inEach ? DATA.get(first) : undefined, rest];
  const own = depth > 0 || /^(?:\.|this\b)/.test(original);
  const param = own ? undefined : named.get(first);
  return param === undefined ? [frames[depth], parts] : [param, rest];
}

function follow(start: Declared, names: readonly string[]): Declared | undefined {
  return names.reduce<Declared | undefined>((at, name) => at && below(at, name), start);
}

/** Inside an `each`, which goes through `target`, or a `with`; where there is an `else`, one branch of two. */
export function into(scope: Scope, target: Declared, block: Block): Scope {
  const isEach = nameOf(block) === "each";
  const inner = isEach ? elementOf(target) : target;
  return {
    ...(block.inverse === undefined ? scope : branchOf(scope, target.name)),
    frames: [inner, ...scope.frames],
    named: withNames(scope, block, isEach ? [inner, INDEX] : [inner]),
    inEach: scope.inEach || isEach,
  };
}

/** Under a condition; `found` is what it has found to be there. */
export function branchOf(scope: Scope, found?: string): Scope {
  return {
    ...scope,
    inBranch: true,
    found: found === undefined ? scope.found : [...scope.found, found],
  };
}

/** What `as |loan index|` names. */
function withNames(scope: Scope, block: Block, values: readonly Declared[]): Scope["named"] {
  const named = new Map(scope.named);
  for (const [index, name] of (block.program?.blockParams ?? []).entries()) {
    const value = values[index];
    if (value !== undefined) named.set(name, value);
  }
  return named;
}
