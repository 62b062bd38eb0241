import type { Reader } from "../language/locale.ts";
import { callFault, mayBeAbsent, wordOf } from "../language/calls.ts";
import {
  type Call,
  type Expression,
  type Located,
  optionsOf,
  paramsOf,
  type Path,
  textOf,
} from "../language/syntax.ts";
import { isAbsent, Unwritable } from "../language/write-text.ts";

/** What names mean at one place while a template is written. */
export interface Spot {
  /** What `this` is, then what `../` is, and so on to the context. */
  readonly frames: readonly unknown[];
  /** By `as |loan index|`. */
  readonly named: object;
  /** What `@` is written before: root, language, and inside an `each` index, first and last. */
  readonly data: object;
  readonly reader: Reader;
}
export type Read<Value = unknown> = (spot: Spot) => Value;

/** Something in a template that cannot be done, and where it stands. */
export class Misfit extends Error {
  readonly loc: hbs.AST.SourceLocation;

  constructor(message: string, { loc }: Located) {
    super(message);
    this.loc = loc;
  }
}

/** How a value is come by; what is absent is undefined or null. Throws a Misfit where it cannot be had, as `Read` does. */
export function readerOf(value: Expression, source: string): Read {
  if (value.type === "PathExpression") return pathReader(value);
  if (value.type === "SubExpression") return callReader(value, source);
  const literal = "value" in value ? value.value : undefined;
  return () => literal;
}

/** The same for a variable without which there is nothing to write. */
export function givenReader(value: Expression, source: string): Read {
  const read = readerOf(value, source);
  if (value.type !== "PathExpression") return read;
  return (spot) => {
    const found = read(spot);
    if (isAbsent(found)) throw new Misfit(`${textOf(value, source)} is absent.`, value);
    return found;
  };
}

/** What a word makes of its values. */
export function callReader(call: Call, source: string): Read<string> {
  const word = wordOf(call);
  const fault = callFault(call);
  if (word === undefined || fault !== null) throw new Misfit(fault ?? "", call);
  const values = paramsOf(call).map((param, index) =>
    index === 0 && mayBeAbsent(call) ? readerOf(param, source) : givenReader(param, source),
  );
  const options = Object.fromEntries(
    optionsOf(call).map(([key, value]) => [key, (value as hbs.AST.StringLiteral).value]),
  );
  return (spot) => {
    const found = values.map((read) => read(spot));
    return blaming(call, source, () => word.write(found, options, spot.reader));
  };
}

/** What cannot be written is told by how the template calls it. */
export function blaming<Made>(node: Located, source: string, make: () => Made): Made {
  try {
    return make();
  } catch (error) {
    if (!(error instanceof Unwritable)) throw error;
    throw new Misfit(`${textOf(node, source)} ${error.message}.`, node);
  }
}

function pathReader({ data, depth, parts, original }: Path): Read {
  if (data) return (spot) => (depth > 0 ? undefined : follow(spot.data, parts));
  const [first = ""] = parts;
  const own = depth > 0 || /^(?:\.|this\b)/.test(original);
  return ({ named: byName, frames }) =>
    follow(!own && Object.hasOwn(byName, first) ? byName : frames[depth], parts);
}

/** Only what somebody wrote is found, never what every object has. */
function follow(start: unknown, names: readonly string[]): unknown {
  let at = start;
  for (const name of names) {
    if (at === null || at === undefined || !Object.hasOwn(at, name)) return undefined;
    at = (at as Readonly<Record<string, unknown>>)[name];
  }
  return at;
}
