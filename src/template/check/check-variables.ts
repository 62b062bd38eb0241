import { type Declared, type Kind, kindOf, KINDS } from "./declared-context.ts";
import { blockFault, callFault, isCall, mayBeAbsent, nameOf, helperOf } from "../language/calls.ts";
import { branchOf, into, resolve, type Scope, TOP } from "./scope.ts";
import {
  type Block,
  type Call,
  type Expression,
  type Mustache,
  paramsOf,
  type Path,
  type Position,
  positionOf,
  type Program,
  type Statement,
  statementsOf,
} from "../language/syntax.ts";

/** From the weakest need to the strongest. */
export const NEEDS = ["optional", "conditional", "required"] as const;
export type Need = (typeof NEEDS)[number];

/** The use of a variable, or a fault. */
export type Remark =
  | { readonly kind: "use"; readonly variable: string; readonly need: Need; readonly at: Position }
  | { readonly kind: "fault"; readonly at: Position; readonly message: string };

/** Yields, in order, each use of a variable and each fault in the use of helpers and variables. */
export function* remarksOn(program: Program | undefined, scope: Scope = TOP): Generator<Remark> {
  if (program === undefined) return;
  for (const statement of statementsOf(program)) yield* onStatement(statement, scope);
}

function* onStatement(statement: Statement, scope: Scope): Generator<Remark> {
  if (statement.type === "MustacheStatement") yield* onTag(statement, scope);
  else if (statement.type === "BlockStatement") yield* onBlock(statement, scope);
  else if (statement.type !== "ContentStatement" && statement.type !== "CommentStatement")
    yield fault(statement, "This partial or decorator does not exist.");
}

function* onTag(tag: Mustache, scope: Scope): Generator<Remark> {
  if (isCall(tag)) yield* onCall(tag, scope);
  else if (tag.path.type === "PathExpression") yield* onVariable(tag.path as Path, scope, TEXT);
  else yield fault(tag, "This is not a variable. Write it as plain text.");
}

function* onCall(call: Call, scope: Scope): Generator<Remark> {
  const message = callFault(call);
  if (message !== null) yield fault(call, message);
  const expected = message !== null ? ANYTHING : helperOf(call)?.of === "list" ? LIST : TEXT;
  for (const [index, param] of paramsOf(call).entries())
    yield* onValue(param, scope, { ...expected, needed: !(index === 0 && mayBeAbsent(call)) });
}

/** The kinds of value that a place accepts. */
interface ExpectedValue {
  readonly kinds: readonly Kind[];
  readonly instead: string;
  readonly needed: boolean;
}
const TEXT: ExpectedValue = { kinds: ["text", "open"], instead: "a text", needed: true };
const LIST: ExpectedValue = { kinds: ["list", "open"], instead: "a list", needed: true };
const RECORD: ExpectedValue = { kinds: ["record", "open"], instead: "a record", needed: true };
const ANYTHING: ExpectedValue = { kinds: KINDS, instead: "", needed: true };
const BLOCKS: Readonly<Record<string, ExpectedValue>> = { each: LIST, with: RECORD };

function* onValue(value: Expression, scope: Scope, expected: ExpectedValue): Generator<Remark> {
  if (value.type === "PathExpression") return yield* onVariable(value, scope, expected);
  if (value.type === "SubExpression") yield* onCall(value, scope);
  // The result of a helper and quoted text are texts.
  if (!expected.kinds.includes("text")) yield fault(value, `This is not ${expected.instead}.`);
}

function* onVariable(path: Path, scope: Scope, expected: ExpectedValue): Generator<Remark> {
  const declared = resolve(path, scope);
  if (typeof declared === "string") return yield fault(path, declared);
  if (!declared.name.startsWith("@"))
    yield {
      kind: "use",
      variable: declared.name,
      need: needOf(declared, scope, expected),
      at: positionOf(path),
    };
  if (!expected.kinds.includes(kindOf(declared)))
    yield fault(path, `${path.original} is not ${expected.instead}.`);
  if (declared.name === "optOutUrl" && needOf(declared, scope, expected) !== "optional")
    yield fault(
      path,
      "optOutUrl is absent where HTTP_PUBLIC_URL is not set, and the notice would fail there. Write it inside {{#if optOutUrl}}.",
    );
}

function needOf({ name }: Declared, scope: Scope, { needed }: ExpectedValue): Need {
  if (!needed || scope.found.includes(name)) return "optional";
  return scope.inBranch ? "conditional" : "required";
}

function* onBlock(block: Block, scope: Scope): Generator<Remark> {
  const message = blockFault(block);
  const [value] = paramsOf(block);
  if (message !== null || value === undefined) return yield fault(block, message ?? "");
  const expected = BLOCKS[nameOf(block)] ?? ANYTHING;
  yield* onValue(value, scope, { ...expected, needed: !mayBeAbsent(block) });
  const target = targetOf(value, scope);
  const [inside, otherwise] = scopesOf(block, scope, target);
  yield* remarksOn(block.program, inside);
  yield* remarksOn(block.inverse, otherwise);
}

/** An undeclared variable was reported already, so its properties are not reported again. */
function targetOf(value: Expression, scope: Scope): Declared {
  const declared = value.type === "PathExpression" ? resolve(value, scope) : "";
  return typeof declared === "string" ? { name: "@unknown", shape: {} } : declared;
}

function scopesOf(block: Block, scope: Scope, target: Declared): readonly [Scope, Scope] {
  const found = branchOf(scope, target.name);
  const other = branchOf(scope);
  if (nameOf(block) === "if") return [found, other];
  if (nameOf(block) === "unless") return [other, found];
  return [into(scope, target, block), other];
}

function fault(node: { loc: hbs.AST.SourceLocation }, message: string): Remark {
  return { kind: "fault", at: positionOf(node), message };
}
