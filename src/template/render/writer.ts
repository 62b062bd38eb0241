import Handlebars from "handlebars";
import {
  locatingErrors,
  callReader,
  requiredReader,
  TemplateError,
  type Read,
  valueReader,
  type RenderFrame,
} from "./value-reader.ts";
import { blockFault, isCall, mayBeAbsent, nameOf } from "../language/calls.ts";
import {
  type Block,
  type Expression,
  type Mustache,
  paramsOf,
  type Program,
  type Statement,
  statementsOf,
} from "../language/syntax.ts";
import { isAbsent, Unwritable, writeText } from "../language/write-text.ts";

export type Write = Read<string>;

/** The part that is rendered, and the source from which it was parsed. */
interface Target {
  readonly source: string;
  readonly html: boolean;
  /** Takes the errors of a trial, which writes nothing in place of a tag or block that fails. Undefined: they are thrown. */
  readonly report?: (error: TemplateError) => void;
}

/**
 * Returns a function that writes a parsed template; in html every value is escaped. It requires every value. The strict
 * mode of Handlebars does not: it accepts null, blanks and absent arguments, and refuses `{{#if loan.displayId}}` without a
 * loan (decision 13). Both this function and the returned one throw TemplateError.
 */
export function writerOf(program: Program | undefined, target: Target): Write {
  const writers =
    program === undefined ? [] : statementsOf(program).map((each) => writerFor(each, target));
  return (frame) => {
    let written = "";
    for (const write of writers) written += write(frame);
    return written;
  };
}

function writerFor(statement: Statement, target: Target): Write {
  const { report } = target;
  if (report === undefined) return statementWriter(statement, target);
  const write = attempt(() => statementWriter(statement, target), report);
  return (frame) => (write && attempt(() => write(frame), report)) ?? "";
}

function attempt<Made>(make: () => Made, report: (error: TemplateError) => void): Made | undefined {
  try {
    return make();
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    report(error);
    return undefined;
  }
}

function statementWriter(statement: Statement, target: Target): Write {
  if (statement.type === "CommentStatement") return () => "";
  if (statement.type === "ContentStatement") return () => statement.value;
  if (statement.type === "BlockStatement") return blockWriter(statement, target);
  if (statement.type !== "MustacheStatement")
    throw new TemplateError("A partial was not inlined when this was published.", statement);
  if (!target.html) return tagWriter(statement, target);
  if (!statement.escaped) throw new TemplateError("Raw output is not allowed in html.", statement);
  const write = tagWriter(statement, target);
  return (frame) => Handlebars.escapeExpression(write(frame));
}

function tagWriter(tag: Mustache, { source }: Target): Write {
  if (isCall(tag)) return callReader(tag, source);
  const path = tag.path as Expression;
  if (path.type !== "PathExpression") throw new TemplateError("This is not a variable.", tag);
  const read = valueReader(path, source);
  return (frame) => locatingErrors(path, source, () => writeText(read(frame)));
}

function blockWriter(block: Block, target: Target): Write {
  const fault = blockFault(block);
  const [value] = paramsOf(block);
  if (value === undefined || fault !== null) throw new TemplateError(fault ?? "", block);
  const find = mayBeAbsent(block) ? valueReader : requiredReader;
  const read = find(value, target.source);
  const inside = writerOf(block.program, target);
  const otherwise = writerOf(block.inverse, target);
  const name = nameOf(block);
  if (name === "if") return (frame) => (holds(read(frame)) ? inside : otherwise)(frame);
  if (name === "unless") return (frame) => (holds(read(frame)) ? otherwise : inside)(frame);
  const names = block.program?.blockParams ?? [];
  const enterWith = name === "each" ? eachItem : withItem;
  return (frame) => {
    const found = read(frame);
    const inner = locatingErrors(value, target.source, () => enterWith(found, frame, names));
    return inner.length === 0 ? otherwise(frame) : inner.map(inside).join("");
  };
}

/** In a condition zero is false, although it can be written. */
const holds = (value: unknown): boolean => !isAbsent(value) && value !== false && value !== 0;

function withItem(
  value: unknown,
  frame: RenderFrame,
  names: readonly string[],
): readonly RenderFrame[] {
  return isAbsent(value) ? [] : [into(frame, [value], names)];
}

function eachItem(
  value: unknown,
  frame: RenderFrame,
  names: readonly string[],
): readonly RenderFrame[] {
  if (isAbsent(value)) return [];
  if (!Array.isArray(value)) throw new Unwritable("is not a list");
  return value.map((one, index) => ({
    ...into(frame, [one, index], names),
    data: { ...frame.data, index, first: index === 0, last: index === value.length - 1 },
  }));
}

function into(
  frame: RenderFrame,
  values: readonly unknown[],
  names: readonly string[],
): RenderFrame {
  const byName = names.map((name, index) => [name, values[index]]);
  return {
    ...frame,
    contexts: [values[0], ...frame.contexts],
    named: { ...frame.named, ...Object.fromEntries(byName) },
  };
}
