import { blockFault, callFault, isCall, mayBeAbsent, nameOf } from "./template-calls.ts";
import {
  type Block,
  type Call,
  type Expression,
  type Mustache,
  paramsOf,
  type Path,
  type Program,
  type Statement,
  statementsOf,
} from "./template-syntax.ts";

/** Something in a template that cannot be done, and where it stands. */
export class Misfit extends Error {
  readonly loc: hbs.AST.SourceLocation;

  constructor(says: string, loc: hbs.AST.SourceLocation) {
    super(says);
    this.loc = loc;
  }
}

/** What is put around a variable that must not be absent, one that is gone through, and one written as it is. */
export const GIVEN = "given";
export const LISTED = "listed";
export const WRITTEN = "written";

/**
 * Makes a parsed template insist on every value it needs, in place. Handlebars' own strict mode lets null, blanks
 * and absent arguments pass, and refuses `{{#if loan.displayId}}` where there is no loan. Throws a Misfit where the
 * template asks for what it cannot have.
 */
export function insist(program: Program, raw: "allowed" | "refused"): Program {
  for (const statement of statementsOf(program)) insistIn(statement, raw);
  return program;
}

function insistIn(statement: Statement, raw: "allowed" | "refused"): void {
  if (statement.type === "ContentStatement" || statement.type === "CommentStatement") return;
  if (statement.type === "BlockStatement") return insistInBlock(statement, raw);
  if (statement.type !== "MustacheStatement")
    throw new Misfit("A partial was not put in when this was published.", statement.loc);
  if (raw === "refused" && !statement.escaped)
    throw new Misfit("Raw output has no place in html.", statement.loc);
  insistInTag(statement);
}

function insistInTag(tag: Mustache): void {
  if (isCall(tag)) return insistOnCall(tag);
  if (tag.path.type !== "PathExpression") throw new Misfit("This is not a variable.", tag.loc);
  const { path, params, hash, loc } = wrapped(WRITTEN, tag.path as Path);
  Object.assign(tag, { path, params, hash, loc });
}

function insistInBlock(block: Block, raw: "allowed" | "refused"): void {
  const fault = blockFault(block);
  if (fault !== null) throw new Misfit(fault, block.loc);
  insistOnParams(block);
  if (block.program !== undefined) insist(block.program, raw);
  if (block.inverse !== undefined) insist(block.inverse, raw);
}

function insistOnCall(call: Call): void {
  const fault = callFault(call);
  if (fault !== null) throw new Misfit(fault, call.loc);
  insistOnParams(call);
}

function insistOnParams(call: Call | Block): void {
  call.params = paramsOf(call).map((param, index) => {
    if (param.type === "SubExpression") insistOnCall(param);
    if (param.type !== "PathExpression") return param;
    const value = index === 0 && mayBeAbsent(call) ? param : wrapped(GIVEN, param);
    return nameOf(call) === "each" ? wrapped(LISTED, value) : value;
  });
}

function wrapped(name: string, value: Expression): hbs.AST.SubExpression {
  const { loc } = value;
  return {
    type: "SubExpression",
    path: { type: "PathExpression", data: false, depth: 0, parts: [name], original: name, loc },
    params: [value],
    hash: { type: "Hash", pairs: [], loc },
    loc,
  };
}
