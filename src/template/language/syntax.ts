import Handlebars from "handlebars";

export type Path = hbs.AST.PathExpression;
type Literal = hbs.AST.StringLiteral | hbs.AST.NumberLiteral | hbs.AST.BooleanLiteral;
type Nothing = hbs.AST.UndefinedLiteral | hbs.AST.NullLiteral;
export type Expression = Path | hbs.AST.SubExpression | Literal | Nothing;
export type Mustache = hbs.AST.MustacheStatement;
export type PartialTag = hbs.AST.PartialStatement;
export type PartialBlock = hbs.AST.PartialBlockStatement;
export type DecoratorBlock = Omit<hbs.AST.DecoratorBlock, "type"> & { type: "DecoratorBlock" };
/** A block may lack its `else`, and one that begins with `^` lacks its first branch. The parser's types do not say so. */
export type Block = Omit<hbs.AST.BlockStatement, "program" | "inverse"> & {
  program: Program | undefined;
  inverse: Program | undefined;
};
export type Program = hbs.AST.Program;
export type Statement =
  | Mustache
  | Block
  | DecoratorBlock
  | PartialBlock
  | PartialTag
  | hbs.AST.ContentStatement
  | hbs.AST.CommentStatement
  | { type: "Decorator"; loc: hbs.AST.SourceLocation };
/** A tag, a block or a subexpression that calls a helper. */
export type Call = Pick<Mustache, "path" | "params" | "hash" | "loc">;

/** Line and column, counted from 1. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

export type Parsed =
  | { readonly kind: "parsed"; readonly program: Program }
  | { readonly kind: "broken"; readonly at: Position; readonly message: string };

/** Parses a template. `asWritten` keeps the white space around blocks. */
export function parse(source: string, as: "rendered" | "asWritten" = "rendered"): Parsed {
  try {
    const read = as === "asWritten" ? Handlebars.parseWithoutProcessing : Handlebars.parse;
    return { kind: "parsed", program: read(source) };
  } catch (error) {
    return { kind: "broken", ...explain(error as Handlebars.Exception, source) };
  }
}

export interface Located {
  readonly loc: hbs.AST.SourceLocation;
}

export const positionOf = ({ loc: { start } }: Located): Position => ({
  line: start.line,
  column: start.column + 1,
});

/** Returns the position just after a node. */
export const endOf = ({ loc: { end } }: Located): Position => ({
  line: end.line,
  column: end.column + 1,
});

export function offsetOf(source: string, { line, column }: Position): number {
  const before = source.split("\n").slice(0, line - 1);
  return before.reduce((sum, { length }) => sum + length + 1, 0) + column - 1;
}

export function positionAt(source: string, offset: number): Position {
  const lines = source.slice(0, offset).split("\n");
  return { line: lines.length, column: (lines.at(-1) ?? "").length + 1 };
}

/** Returns the source text of a node. */
export const textOf = (node: Located, source: string): string =>
  source.slice(offsetOf(source, positionOf(node)), offsetOf(source, endOf(node)));

export const statementsOf = (program: Program): readonly Statement[] => program.body as Statement[];

export const paramsOf = (call: Pick<Call, "params">): readonly Expression[] =>
  call.params as Expression[];

/** Returns the options of a call as pairs, such as `unit="cents"`. */
export const optionsOf = (call: Pick<Call, "hash">): readonly (readonly [string, Expression])[] =>
  // A call without options has no hash, although its type says otherwise.
  (call.hash as hbs.AST.Hash | undefined)?.pairs.map(({ key, value }) => [
    key,
    value as Expression,
  ]) ?? [];

/** Makes a message for authors. The parser's own first line names tokens of its grammar. */
function explain(error: Handlebars.Exception, source: string): { at: Position; message: string } {
  const line = Number(error.lineNumber ?? /on line (\d+)/.exec(error.message)?.[1] ?? 1);
  if (error.column !== undefined)
    return {
      at: { line, column: Number(error.column) + 1 },
      message: `${error.message.replace(/ - \d+:\d+$/, "")}.`,
    };
  const [, excerpt = "", pointer = ""] = error.message.split("\n");
  const read = excerpt.slice(0, pointer.indexOf("^")).replace(/^\.\.\./, "");
  const ahead = excerpt.slice(pointer.indexOf("^"));
  const text = source.split("\n")[line - 1] ?? "";
  return {
    at: { line, column: columnWhere(text, read, ahead) + 1 },
    message:
      ahead === ""
        ? "The template ends inside a block or a tag that is not closed."
        : `This cannot be read: ${ahead.slice(0, 20)}`,
  };
}

/** Finds the column from the excerpt that the parser gives: the text before and after the error, without line breaks. */
function columnWhere(text: string, read: string, ahead: string): number {
  if (ahead === "") return text.length;
  const columns = Array.from({ length: text.length }, (_, column) => column);
  const fits = (column: number): boolean => {
    const [left, right] = [text.slice(0, column), text.slice(column)];
    return (
      (left.endsWith(read) || read.endsWith(left)) &&
      (right.startsWith(ahead) || ahead.startsWith(right))
    );
  };
  return columns.find(fits) ?? 0;
}
