import type { Locale } from "../language/locale.ts";
import { callFault, mayBeAbsent, helperOf } from "../language/calls.ts";
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

/** The meaning of names at one place of a template while it is rendered. */
export interface RenderFrame {
  /** The contexts from the inside out: `this`, then `../`, up to the whole context. */
  readonly contexts: readonly unknown[];
  /** Block parameters, as in `as |loan index|`. */
  readonly named: object;
  /** The names that begin with `@`: root, language and, inside an `each`, index, first and last. */
  readonly data: object;
  readonly locale: Locale;
}
export type Read<Value = unknown> = (frame: RenderFrame) => Value;

/** An error in a template, with its position. */
export class TemplateError extends Error {
  readonly loc: hbs.AST.SourceLocation;

  constructor(message: string, { loc }: Located) {
    super(message);
    this.loc = loc;
  }
}

/** Returns a function that reads a value; an absent value is undefined or null. Both throw TemplateError. */
export function valueReader(value: Expression, source: string): Read {
  if (value.type === "PathExpression") return pathReader(value);
  if (value.type === "SubExpression") return callReader(value, source);
  const literal = "value" in value ? value.value : undefined;
  return () => literal;
}

/** Returns a function that reads a value and throws TemplateError if a variable is absent. */
export function requiredReader(value: Expression, source: string): Read {
  const read = valueReader(value, source);
  if (value.type !== "PathExpression") return read;
  return (frame) => {
    const found = read(frame);
    if (isAbsent(found)) throw new TemplateError(`${textOf(value, source)} is absent.`, value);
    return found;
  };
}

/** Returns a function that calls a helper with its values. */
export function callReader(call: Call, source: string): Read<string> {
  const helper = helperOf(call);
  const fault = callFault(call);
  if (helper === undefined || fault !== null) throw new TemplateError(fault ?? "", call);
  const values = paramsOf(call).map((param, index) =>
    index === 0 && mayBeAbsent(call) ? valueReader(param, source) : requiredReader(param, source),
  );
  const options = Object.fromEntries(
    optionsOf(call).map(([key, value]) => [key, (value as hbs.AST.StringLiteral).value]),
  );
  return (frame) => {
    const found = values.map((read) => read(frame));
    return locatingErrors(call, source, () => helper.write(found, options, frame.locale));
  };
}

/** Turns Unwritable into a TemplateError that quotes the call from the template, not the value. */
export function locatingErrors<Made>(node: Located, source: string, make: () => Made): Made {
  try {
    return make();
  } catch (error) {
    if (!(error instanceof Unwritable)) throw error;
    throw new TemplateError(`${textOf(node, source)} ${error.message}.`, node);
  }
}

function pathReader({ data, depth, parts, original }: Path): Read {
  if (data) return (frame) => (depth > 0 ? undefined : follow(frame.data, parts));
  const [first = ""] = parts;
  const own = depth > 0 || /^(?:\.|this\b)/.test(original);
  return ({ named: byName, contexts }) =>
    follow(!own && Object.hasOwn(byName, first) ? byName : contexts[depth], parts);
}

/** Follows own properties only, never those that every object inherits. */
function follow(start: unknown, names: readonly string[]): unknown {
  let at = start;
  for (const name of names) {
    if (at === null || at === undefined || !Object.hasOwn(at, name)) return undefined;
    at = (at as Readonly<Record<string, unknown>>)[name];
  }
  return at;
}
