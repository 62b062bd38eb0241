import { tableOf } from "../../../src/store/postgres/recordset.ts";
import {
  childrenOf,
  declarationsOf,
  findDeclared,
  maybe,
  nameOf,
  part,
  parts,
  readModule,
  textOf,
} from "./syntax.ts";
import type { Module, Node } from "./syntax.ts";

/** A statement of the source text, as the database would receive it. */
export interface Statement {
  readonly module: Module;
  /** `path:line`. */
  readonly at: string;
  /** The type argument of its `sql` tag, if it has one. */
  readonly row: Node | undefined;
  /** One text for each combination of its conditional fragments; values are `$1`, `$2`, ... */
  readonly texts: readonly string[];
}

/**
 * A name in scope: its node and the scope in which to read it. Undefined for a name without a known node, such as a
 * parameter: it is a value, which the database receives as a parameter.
 */
type Scope = ReadonlyMap<string, Bound | undefined>;
interface Bound {
  readonly node: Node;
  readonly module: Module;
  readonly scope: Scope;
}
interface Rendering {
  readonly way: number;
  parameters: number;
}

/** Each way makes another choice between the results of a function, the sides of a condition and up to four members. */
const WAYS = Array.from({ length: 16 }, (_, way) => way);
const FUNCTIONS: ReadonlySet<string> = new Set([
  "FunctionDeclaration",
  "FunctionExpression",
  "ArrowFunctionExpression",
]);
const WRAPPERS: ReadonlySet<string> = new Set([
  "TSAsExpression",
  "TSSatisfiesExpression",
  "ParenthesizedExpression",
]);
/** Type arguments of fragments: an expression has the type of a value, a statement the type of a row. */
const VALUE_TYPES: ReadonlySet<string> = new Set([
  "TSBooleanKeyword",
  "TSNumberKeyword",
  "TSStringKeyword",
  "TSObjectKeyword",
  "TSUnionType",
  "TSUnknownKeyword",
]);

const isValueType = (type: Node): boolean =>
  VALUE_TYPES.has(type.type) ||
  (type.type === "TSTypeReference" && /^Date$|Id$/.test(nameOf(part(type, "typeName"))));

const parameter = (rendering: Rendering): string => `$${(rendering.parameters += 1)}`;
const isTag = (node: Node): boolean =>
  node.type === "TaggedTemplateExpression" && part(node, "tag")["name"] === "sql";

const readsLikeStatement = (module: Module, node: Node): boolean =>
  /^\s*(select|insert|update|delete|with)\b/.test(textOf(module, part(node, "quasi")).slice(1));

/** The templates that are part of a statement found so far. */
const reached = new Set<Node>();

/** The places of templates that read like a statement, though `statementsOf` has put them into none. */
export function unreachedIn(path: string): string[] {
  const module = readModule(path);
  const templatesIn = (node: Node): Node[] => [
    ...(isTag(node) ? [node] : []),
    ...childrenOf(node).flatMap(templatesIn),
  ];
  return module.body
    .flatMap(templatesIn)
    .filter((node) => !reached.has(node) && readsLikeStatement(module, node))
    .map((node) => placeOf(module, node));
}

/** Finds each statement of a file: a template that is executed directly, has a row type, or reads like a statement. */
export function statementsOf(path: string): Statement[] {
  const module = readModule(path);
  const found: Statement[] = [];
  const visit = (node: Node, scope: Scope, isExecuted: boolean): void => {
    const inner = FUNCTIONS.has(node.type)
      ? enter({ node, module, scope }, givenTo(node, module))
      : scope;
    if (isTag(node)) {
      const row = maybe(node, "typeArguments") && parts(part(node, "typeArguments"), "params")[0];
      const isStatement = row ? !isValueType(row) : readsLikeStatement(module, node);
      if (isExecuted || isStatement)
        found.push({
          module,
          at: placeOf(module, node),
          row,
          texts: textsOf({ node, module, scope }),
        });
    }
    const callee = node.type === "CallExpression" ? part(node, "callee") : undefined;
    const executed =
      callee?.type === "MemberExpression" && part(callee, "property")["name"] === "execute";
    for (const child of childrenOf(node))
      visit(
        child,
        inner,
        (executed && child === callee) || (isExecuted && node.type === "MemberExpression"),
      );
  };
  for (const node of module.body) visit(node, new Map(), false);
  return found;
}

const placeOf = (module: Module, node: Node): string =>
  `${module.path}:${module.text.slice(0, node.start).split("\n").length}`;

const textsOf = (statement: Bound): string[] => [
  ...new Set(WAYS.map((way) => render(statement, { way, parameters: 0 }))),
];

/** The fragments that the calls in its module hand to a function, for parameters of the type RawBuilder. */
function givenTo(called: Node, module: Module): (Bound | undefined)[] {
  const id = maybe(called, "id");
  return parts(called, "params").map((one, index) => {
    const type = maybe(one, "typeAnnotation");
    if (!id || !type || !textOf(module, type).includes("RawBuilder")) return undefined;
    const choices = module.body
      .flatMap((node) => argumentsOf(node, nameOf(id), index))
      .map((node) => ({ node, module, scope: new Map() }));
    return { node: { ...one, type: "Choices", choices }, module, scope: new Map() };
  });
}

/** Each argument at this place of the calls of a function. */
const argumentsOf = (node: Node, name: string, index: number): Node[] => [
  ...(node.type === "CallExpression" && part(node, "callee")["name"] === name
    ? parts(node, "arguments").slice(index, index + 1)
    : []),
  ...childrenOf(node).flatMap((child) => argumentsOf(child, name, index)),
];

/** The scope inside a function: its parameters, which are values unless `given`, and its own declarations. */
function enter({ node, module, scope }: Bound, given: readonly (Bound | undefined)[] = []): Scope {
  const inner = new Map(scope);
  parts(node, "params").forEach((one, index) => {
    const isWhole = one.type === "Identifier";
    for (const name of namesOf(one)) inner.set(name, isWhole ? given[index] : undefined);
  });
  const body = part(node, "body");
  if (body.type !== "BlockStatement") return inner;
  for (const [name, value] of declarationsOf(parts(body, "body")))
    inner.set(name, { node: value, module, scope: inner });
  return inner;
}

const namesOf = (pattern: Node): string[] => {
  if (pattern.type === "Identifier") return [nameOf(pattern)];
  if (pattern.type === "Property") return namesOf(part(pattern, "value"));
  return childrenOf(pattern)
    .filter((child) => !child.type.startsWith("TS"))
    .flatMap(namesOf);
};

/** Follows names, choices and members to the node of an expression. */
function follow(bound: Bound, way: number): Bound | undefined {
  const { node, module, scope } = bound;
  if (WRAPPERS.has(node.type)) return follow({ ...bound, node: part(node, "expression") }, way);
  if (node.type === "ConditionalExpression")
    return follow(
      { ...bound, node: part(node, isTaken(bound, way) ? "consequent" : "alternate") },
      way,
    );
  if (node.type === "Choices") return followChoice(bound, way);
  if (node.type === "MemberExpression") return followMember(bound, way);
  if (node.type !== "Identifier" || node["name"] === "undefined") return bound;
  const name = nameOf(node);
  if (scope.has(name)) {
    const local = scope.get(name);
    return local && follow(local, way);
  }
  const declared = findDeclared(module, name);
  return declared && follow({ ...declared, scope: new Map() }, way);
}

/** A choice by whether a known name is undefined is made; any other goes each way. */
function isTaken(choice: Bound, way: number): boolean {
  const test = part(choice.node, "test");
  const isAsked = test.type === "BinaryExpression" && part(test, "right")["name"] === "undefined";
  const asked = isAsked ? follow({ ...choice, node: part(test, "left") }, way)?.node : undefined;
  if (asked?.type === "Literal") return test["operator"] !== "===";
  if (asked?.["name"] === "undefined") return test["operator"] === "===";
  return Math.floor(way / 2) % 2 === 0;
}

function followChoice({ node }: Bound, way: number): Bound | undefined {
  const choices = node["choices"] as readonly Bound[];
  const chosen = choices[Math.floor(way / 4) % choices.length];
  return chosen && follow(chosen, way);
}

function followMember(bound: Bound, way: number): Bound | undefined {
  const from = follow({ ...bound, node: part(bound.node, "object") }, way);
  if (from?.node.type !== "ObjectExpression") return undefined;
  const properties = parts(from.node, "properties");
  const name = bound.node["computed"] === true ? undefined : part(bound.node, "property")["name"];
  const property =
    name === undefined
      ? properties[Math.floor(way / 4) % properties.length]
      : properties.find((one) => part(one, "key")["name"] === name);
  return property && follow({ ...from, node: part(property, "value") }, way);
}

function render(expression: Bound, rendering: Rendering): string {
  const bound = follow(expression, rendering.way);
  if (bound === undefined) return parameter(rendering);
  if (isTag(bound.node)) return renderTemplate(bound, rendering);
  if (bound.node.type === "CallExpression") return renderCall(bound, rendering);
  return parameter(rendering);
}

function renderTemplate({ node, ...where }: Bound, rendering: Rendering): string {
  reached.add(node);
  const quasi = part(node, "quasi");
  const values = parts(quasi, "expressions");
  return parts(quasi, "quasis")
    .map((one, index) => {
      const value = values[index];
      const { cooked } = one["value"] as { cooked: string };
      return value ? cooked + render({ ...where, node: value }, rendering) : cooked;
    })
    .join("");
}

function renderCall(call: Bound, rendering: Rendering): string {
  const callee = part(call.node, "callee");
  const given = parts(call.node, "arguments").map((node) => ({ ...call, node }));
  if (callee["name"] === "recordset") return renderRecordset(given, rendering);
  if (callee.type === "MemberExpression" && part(callee, "object")["name"] === "sql")
    return renderMaker(nameOf(part(callee, "property")), given, rendering);
  const result = resultOf(call, rendering.way);
  return result ? render(result, rendering) : parameter(rendering);
}

/** `recordset(table, columns, rows)`. */
function renderRecordset([table, columns]: readonly Bound[], rendering: Rendering): string {
  const name = table && literalText(table, rendering.way);
  const named = columns && follow(columns, rendering.way);
  if (name === undefined || named?.node.type !== "ObjectExpression")
    throw new Error("the table or the columns of a recordset are not readable here");
  const types = parts(named.node, "properties").map((one) => [
    nameOf(part(one, "key")),
    literalText({ ...named, node: part(one, "value") }, rendering.way),
  ]);
  const text = tableOf(name, Object.fromEntries(types) as object);
  return `json_to_recordset(${parameter(rendering)}::json) as ${text}`;
}

/** The result of a call of a function that makes SQL; undefined for any other call. */
function resultOf(call: Bound, way: number): Bound | undefined {
  const called = follow({ ...call, node: part(call.node, "callee") }, way);
  if (!called || !FUNCTIONS.has(called.node.type) || !mentionsSql(called.node)) return undefined;
  const given = parts(call.node, "arguments").map((node) => ({ ...call, node }));
  const results = resultsOf(called.node);
  const node = results[way % results.length];
  if (node === undefined) throw new Error(`${textOf(call.module, call.node)} returns nothing`);
  return { node, module: called.module, scope: enter(called, given) };
}

const mentionsSql = (node: Node): boolean =>
  node["name"] === "sql" || childrenOf(node).some(mentionsSql);

/** The possible results of a function. */
function resultsOf(called: Node): Node[] {
  const body = part(called, "body");
  if (body.type !== "BlockStatement") return [body];
  const returned = (node: Node): Node[] => {
    if (FUNCTIONS.has(node.type)) return [];
    return node.type === "ReturnStatement"
      ? [part(node, "argument")]
      : childrenOf(node).flatMap(returned);
  };
  return returned(body);
}

/** `sql.raw(…)`, `sql.ref(…)` of a known text and `sql.join(…)`. */
function renderMaker(
  maker: string,
  [first, second]: readonly Bound[],
  rendering: Rendering,
): string {
  if (first === undefined) throw new Error(`sql.${maker} of nothing`);
  if (maker === "join") {
    const between = second ? render(second, rendering) : ", ";
    return renderElements(first, rendering).join(between);
  }
  const text = literalText(first, rendering.way);
  if (text === undefined)
    throw new Error(`sql.${maker}(${textOf(first.module, first.node)}) is not readable here`);
  return text;
}

/** The fragments of a list. A list with unknown elements counts as a list of one. */
function renderElements(list: Bound, rendering: Rendering): string[] {
  const elements = elementsOf(list, rendering.way) ?? [undefined];
  return elements.map((one) => (one ? render(one, rendering) : parameter(rendering)));
}

/** Undefined where the list is a value; an undefined element is a value too. */
function elementsOf(list: Bound, way: number): readonly (Bound | undefined)[] | undefined {
  const bound = follow(list, way);
  if (bound?.node.type === "ArrayExpression")
    return parts(bound.node, "elements").map((node) => ({ ...bound, node }));
  if (bound?.node.type !== "CallExpression") return undefined;
  const callee = part(bound.node, "callee");
  if (callee.type === "MemberExpression") return mappedElements(bound, way);
  const result = resultOf(bound, way);
  return result && elementsOf(result, way);
}

/** Of `list.map((one) => fragment)`; what `filter` leaves is taken to be all. */
function mappedElements(call: Bound, way: number): readonly (Bound | undefined)[] | undefined {
  const callee = part(call.node, "callee");
  const elements = elementsOf({ ...call, node: part(callee, "object") }, way);
  const [mapping] = parts(call.node, "arguments");
  if (part(callee, "property")["name"] !== "map" || mapping === undefined) return elements;
  return (elements ?? [undefined]).map((one) => ({
    ...call,
    node: part(mapping, "body"),
    scope: enter({ ...call, node: mapping }, [one]),
  }));
}

function literalText(expression: Bound, way: number): string | undefined {
  const bound = follow(expression, way);
  if (bound?.node.type === "Literal") return String(bound.node["value"]);
  if (bound?.node.type !== "TemplateLiteral") return undefined;
  const inner = parts(bound.node, "expressions").map((node) =>
    literalText({ ...bound, node }, way),
  );
  if (inner.includes(undefined)) return undefined;
  const quasis = parts(bound.node, "quasis").map(
    (one) => (one["value"] as { cooked: string }).cooked,
  );
  return quasis.map((one, index) => one + (inner[index] ?? "")).join("");
}
