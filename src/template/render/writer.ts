import Handlebars from "handlebars";
import {
  blaming,
  callReader,
  givenReader,
  Misfit,
  type Read,
  readerOf,
  type Spot,
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

/** The part a template is written for; `source` is what it was parsed from. */
interface Target {
  readonly source: string;
  readonly html: boolean;
}

/**
 * How a parsed template is written: in html every value escaped. It insists on every value it needs, which Handlebars'
 * own strict mode does not: that lets null, blanks and absent arguments pass, and refuses `{{#if loan.displayId}}` where
 * there is no loan. Throws a Misfit where the template asks for what it cannot have, as the writer does.
 */
export function writerOf(program: Program | undefined, target: Target): Write {
  const writers =
    program === undefined ? [] : statementsOf(program).map((each) => statementWriter(each, target));
  return (spot) => {
    let written = "";
    for (const write of writers) written += write(spot);
    return written;
  };
}

function statementWriter(statement: Statement, target: Target): Write {
  if (statement.type === "CommentStatement") return () => "";
  if (statement.type === "ContentStatement") return () => statement.value;
  if (statement.type === "BlockStatement") return blockWriter(statement, target);
  if (statement.type !== "MustacheStatement")
    throw new Misfit("A partial was not put in when this was published.", statement);
  if (!target.html) return tagWriter(statement, target);
  if (!statement.escaped) throw new Misfit("Raw output has no place in html.", statement);
  const write = tagWriter(statement, target);
  return (spot) => Handlebars.escapeExpression(write(spot));
}

function tagWriter(tag: Mustache, { source }: Target): Write {
  if (isCall(tag)) return callReader(tag, source);
  const path = tag.path as Expression;
  if (path.type !== "PathExpression") throw new Misfit("This is not a variable.", tag);
  const read = readerOf(path, source);
  return (spot) => blaming(path, source, () => writeText(read(spot)));
}

function blockWriter(block: Block, target: Target): Write {
  const fault = blockFault(block);
  const [value] = paramsOf(block);
  if (value === undefined || fault !== null) throw new Misfit(fault ?? "", block);
  const find = mayBeAbsent(block) ? readerOf : givenReader;
  const read = find(value, target.source);
  const inside = writerOf(block.program, target);
  const otherwise = writerOf(block.inverse, target);
  const name = nameOf(block);
  if (name === "if") return (spot) => (holds(read(spot)) ? inside : otherwise)(spot);
  if (name === "unless") return (spot) => (holds(read(spot)) ? otherwise : inside)(spot);
  const names = block.program?.blockParams ?? [];
  const goThrough = name === "each" ? eachOf : theOne;
  return (spot) => {
    const found = read(spot);
    const spots = blaming(value, target.source, () => goThrough(found, spot, names));
    return spots.length === 0 ? otherwise(spot) : spots.map(inside).join("");
  };
}

/** Zero counts as nothing here, though it can be written. */
const holds = (value: unknown): boolean => !isAbsent(value) && value !== false && value !== 0;

function theOne(value: unknown, spot: Spot, names: readonly string[]): readonly Spot[] {
  return isAbsent(value) ? [] : [into(spot, [value], names)];
}

function eachOf(value: unknown, spot: Spot, names: readonly string[]): readonly Spot[] {
  if (isAbsent(value)) return [];
  if (!Array.isArray(value)) throw new Unwritable("is not a list");
  return value.map((one, index) => ({
    ...into(spot, [one, index], names),
    data: { ...spot.data, index, first: index === 0, last: index === value.length - 1 },
  }));
}

function into(spot: Spot, values: readonly unknown[], names: readonly string[]): Spot {
  const byName = names.map((name, index) => [name, values[index]]);
  return {
    ...spot,
    frames: [values[0], ...spot.frames],
    named: { ...spot.named, ...Object.fromEntries(byName) },
  };
}
