import {
  findDeclared,
  maybe,
  nameOf,
  part,
  parts,
  textOf,
  type Module,
  type Node,
} from "./syntax.ts";

/** The JavaScript type of a value; `any` for a type that is too general, such as a conditional type. */
export type Kind =
  | "string"
  | "number"
  | "boolean"
  | "date"
  | "buffer"
  | "array"
  | "object"
  | "null"
  | "any";

interface Typed {
  readonly node: Node;
  readonly module: Module;
}
export type RowType = ReadonlyMap<string, Typed & { readonly isOptional: boolean }>;

const KEYWORDS: Readonly<Record<string, Kind>> = {
  TSStringKeyword: "string",
  TSTemplateLiteralType: "string",
  TSNumberKeyword: "number",
  TSBooleanKeyword: "boolean",
  TSNullKeyword: "null",
  TSUndefinedKeyword: "null",
  TSObjectKeyword: "object",
  TSTypeLiteral: "object",
  TSMappedType: "object",
  TSArrayType: "array",
  TSTupleType: "array",
  TSUnknownKeyword: "any",
  TSConditionalType: "any",
};
const KNOWN: Readonly<Record<string, Kind>> = {
  Date: "date",
  Buffer: "buffer",
  Record: "object",
  ReadonlyArray: "array",
  Array: "array",
};
const SAME: ReadonlySet<string> = new Set(["Readonly", "Partial", "Required", "NonNullable"]);

const fail = ({ node, module }: Typed): never => {
  throw new Error(`${module.path}: the type ${textOf(module, node)} is not readable here`);
};

const argumentsOf = (node: Node): readonly Node[] => {
  const given = maybe(node, "typeArguments");
  return given ? parts(given, "params") : [];
};
const referenceOf = (node: Node): string => nameOf(part(node, "typeName"));

/** The members of an object type, by name. Throws on a kind of type that it cannot read. */
export function membersOf(type: Typed): RowType {
  const { node, module } = type;
  const inner = (name: string): RowType => membersOf({ module, node: part(node, name) });
  if (node.type === "TSTypeLiteral") return listed(parts(node, "members"), module);
  if (node.type === "TSIntersectionType")
    return new Map(parts(node, "types").flatMap((one) => [...membersOf({ module, node: one })]));
  if (node.type === "TSTypeAliasDeclaration") return inner("typeAnnotation");
  if (node.type === "TSParenthesizedType") return inner("typeAnnotation");
  if (node.type === "TSInterfaceDeclaration") return membersOfInterface(type);
  if (node.type === "TSMappedType") return membersOfMapped(type);
  return node.type === "TSTypeReference" ? membersOfReference(type) : fail(type);
}

function listed(members: readonly Node[], module: Module): RowType {
  return new Map(
    members.map((one) => [
      nameOf(part(one, "key")) ?? (part(one, "key")["value"] as string),
      {
        module,
        node: part(part(one, "typeAnnotation"), "typeAnnotation"),
        isOptional: one["optional"] === true,
      },
    ]),
  );
}

function membersOfInterface({ node, module }: Typed): RowType {
  const inherited = parts(node, "extends").flatMap((one) => {
    const reference = { ...one, type: "TSTypeReference", typeName: part(one, "expression") };
    return [...membersOf({ module, node: reference })];
  });
  return new Map([...inherited, ...listed(parts(part(node, "body"), "body"), module)]);
}

/** `{ [Name in keyof Other]: … }`. */
function membersOfMapped(type: Typed): RowType {
  const { node, module } = type;
  const over = part(node, "constraint");
  if (over.type !== "TSTypeOperator" || over["operator"] !== "keyof") return fail(type);
  const value = { module, node: part(node, "typeAnnotation"), isOptional: false };
  const names = membersOf({ module, node: part(over, "typeAnnotation") }).keys();
  return new Map([...names].map((name) => [name, value]));
}

function membersOfReference(type: Typed): RowType {
  const { node, module } = type;
  const name = referenceOf(node);
  const [first, second] = argumentsOf(node);
  if (first && SAME.has(name)) return membersOf({ module, node: first });
  if (first && second && (name === "Omit" || name === "Pick")) {
    const names = wordsOf({ module, node: second });
    const members = [...membersOf({ module, node: first })];
    return new Map(members.filter(([each]) => names.has(each) === (name === "Pick")));
  }
  const declared = findDeclared(module, name);
  return declared ? membersOf(declared) : fail(type);
}

function wordsOf(type: Typed): ReadonlySet<string> {
  const { node, module } = type;
  if (node.type === "TSUnionType")
    return new Set(parts(node, "types").flatMap((one) => [...wordsOf({ module, node: one })]));
  if (node.type === "TSLiteralType") return new Set([part(node, "literal")["value"] as string]);
  if (node.type === "TSTypeOperator" && node["operator"] === "keyof")
    return new Set(membersOf({ module, node: part(node, "typeAnnotation") }).keys());
  return fail(type);
}

/** The possible values of the type. */
export function kindsOf(type: Typed): ReadonlySet<Kind> {
  const { node, module } = type;
  const inner = (name: string): ReadonlySet<Kind> => kindsOf({ module, node: part(node, name) });
  const known = KEYWORDS[node.type];
  if (known !== undefined) return new Set([known]);
  if (node.type === "TSUnionType")
    return new Set(parts(node, "types").flatMap((one) => [...kindsOf({ module, node: one })]));
  if (node.type === "TSLiteralType") return new Set([kindOfLiteral(part(node, "literal"))]);
  if (node.type === "TSTypeOperator" || node.type === "TSParenthesizedType")
    return inner("typeAnnotation");
  if (node.type === "TSTypeAliasDeclaration") return inner("typeAnnotation");
  if (node.type === "TSInterfaceDeclaration") return new Set(["object"]);
  if (node.type === "TSIntersectionType") return kindsOfIntersection(type);
  if (node.type === "TSIndexedAccessType") return kindsOfMember(type);
  return node.type === "TSTypeReference" ? kindsOfReference(type) : fail(type);
}

const kindOfLiteral = (literal: Node): Kind =>
  literal.type === "TemplateLiteral" ? "string" : (typeof literal["value"] as Kind);

/** A branded string is a string; any other intersection is an object. */
function kindsOfIntersection({ node, module }: Typed): ReadonlySet<Kind> {
  const kinds = parts(node, "types").map((one) => kindsOf({ module, node: one }));
  return kinds.find((one) => !one.has("object")) ?? new Set(["object"]);
}

/** `Row["name"]`, and `(typeof WORDS)[number]` of a list of words. */
function kindsOfMember(type: Typed): ReadonlySet<Kind> {
  const { node, module } = type;
  const of = part(node, "objectType");
  const from = of.type === "TSParenthesizedType" ? part(of, "typeAnnotation") : of;
  const index = part(node, "indexType");
  if (from.type === "TSTypeQuery" && index.type === "TSNumberKeyword") return new Set(["string"]);
  const [name = ""] = index.type === "TSLiteralType" ? wordsOf({ module, node: index }) : [];
  const member = membersOf({ module, node: from }).get(name);
  return member ? kindsOf(member) : fail(type);
}

function kindsOfReference(type: Typed): ReadonlySet<Kind> {
  const { node, module } = type;
  const name = referenceOf(node);
  const known = KNOWN[name];
  if (known !== undefined) return new Set([known]);
  const [first] = argumentsOf(node);
  if (first && SAME.has(name)) return kindsOf({ module, node: first });
  if (name === "Omit" || name === "Pick") return new Set(["object"]);
  const declared = findDeclared(module, name);
  return declared ? kindsOf(declared) : fail(type);
}
