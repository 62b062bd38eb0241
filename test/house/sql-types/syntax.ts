import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { parseAst } from "vitest/node";

/** A node of the syntax tree (ESTree with TypeScript), read by the names of its parts. */
export interface Node {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [part: string]: unknown;
}

export const part = (node: Node, name: string): Node => node[name] as Node;
export const maybe = (node: Node, name: string): Node | undefined =>
  (node[name] ?? undefined) as Node | undefined;
export const parts = (node: Node, name: string): readonly Node[] =>
  (node[name] ?? []) as readonly Node[];
export const nameOf = (node: Node): string => node["name"] as string;

const isNode = (value: unknown): value is Node =>
  typeof value === "object" && value !== null && "type" in value && "start" in value;

export const childrenOf = (node: Node): readonly Node[] =>
  Object.values(node)
    .flatMap((value) => (Array.isArray(value) ? value : [value]))
    .filter(isNode);

/** A module: its text, and its declarations by name, exported or not. */
export interface Module {
  readonly path: string;
  readonly text: string;
  readonly body: readonly Node[];
  readonly declared: ReadonlyMap<string, Node>;
  readonly imported: ReadonlyMap<string, { readonly path: string; readonly name: string }>;
}

const modules = new Map<string, Module>();

/** Reads and parses a module once. */
export function readModule(path: string): Module {
  const known = modules.get(path);
  if (known !== undefined) return known;
  const text = readFileSync(path, "utf8");
  const program = parseAst(text, { lang: "ts", astType: "ts" }) as unknown as Node;
  const body = parts(program, "body");
  const read = {
    path,
    text,
    body,
    declared: declarationsOf(body),
    imported: importsOf(body, path),
  };
  modules.set(path, read);
  return read;
}

/** The declarations of statements: variables by their initial values, functions and types by their declarations. */
export function declarationsOf(statements: readonly Node[]): Map<string, Node> {
  const found = new Map<string, Node>();
  for (const statement of statements) {
    const declared = maybe(statement, "declaration") ?? statement;
    parts(declared, "declarations").forEach((one) => declareVariable(found, one));
    if (isNode(declared["id"])) found.set(nameOf(declared["id"]), declared);
  }
  return found;
}

function declareVariable(found: Map<string, Node>, declarator: Node): void {
  const id = part(declarator, "id");
  const value = maybe(declarator, "init");
  if (id.type === "Identifier" && value) found.set(nameOf(id), value);
  if (id.type !== "ObjectPattern" || !value) return;
  for (const property of parts(id, "properties")) {
    if (property.type !== "Property") continue;
    const member = {
      type: "MemberExpression",
      computed: false,
      object: value,
      property: part(property, "key"),
    };
    found.set(nameOf(part(property, "value")) ?? "", { ...member, start: id.start, end: id.end });
  }
}

function importsOf(body: readonly Node[], path: string): Module["imported"] {
  const found = new Map<string, { path: string; name: string }>();
  for (const one of body.filter((each) => each.type === "ImportDeclaration")) {
    const from = part(one, "source")["value"] as string;
    if (!from.startsWith(".")) continue;
    for (const specifier of parts(one, "specifiers")) {
      const name = nameOf(maybe(specifier, "imported") ?? part(specifier, "local"));
      found.set(nameOf(part(specifier, "local")), { path: join(dirname(path), from), name });
    }
  }
  return found;
}

export interface Declared {
  readonly node: Node;
  readonly module: Module;
}

/** A declaration of this name in the module, or in the module it is imported from. */
export function findDeclared(module: Module, name: string): Declared | undefined {
  const node = module.declared.get(name);
  if (node !== undefined) return { node, module };
  const from = module.imported.get(name);
  return from && findDeclared(readModule(from.path), from.name);
}

export const textOf = (module: Module, node: Node): string =>
  module.text.slice(node.start, node.end);
