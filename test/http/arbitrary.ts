import fc from "fast-check";
import type { ApiDocument } from "./contract.ts";

interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
  readonly example?: unknown;
}

export interface Shot {
  readonly method: string;
  readonly path: string;
  readonly body?: unknown;
}

/** Values that break code which expects well-behaved callers. */
const NASTY: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom(
    null,
    true,
    0,
    -1,
    2 ** 31,
    2 ** 53,
    1e308,
    "",
    "ext-",
    "ext-%00",
    "a\0b",
    "\uD83C",
    "'; --",
    "2031-02-30T25:61:61Z",
    "999999-01-01T00:00:00Z",
    "x".repeat(600),
  ),
  fc.string({ unit: "binary" }),
  fc.jsonValue({ maxDepth: 3 }),
  fc.dictionary(fc.constantFrom("__proto__", "constructor", "id", ""), fc.jsonValue()),
);

/** Requests made from the document: mostly described values, and some that are not described. */
export function requestsOf(document: ApiDocument): fc.Arbitrary<Shot> {
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) =>
      shotOf(document, path, method, operation as unknown as Described),
    ),
  );
  return fc.oneof(...operations);
}

interface Described {
  readonly parameters?: readonly {
    readonly name: string;
    readonly in: string;
    readonly schema: Schema;
  }[];
  readonly requestBody?: {
    readonly content: Readonly<Record<string, { readonly schema: Schema }>>;
  };
}

function shotOf(
  document: ApiDocument,
  path: string,
  method: string,
  { parameters = [], requestBody }: Described,
): fc.Arbitrary<Shot> {
  const text = (value: unknown): string =>
    encodeURIComponent((typeof value === "string" ? value : JSON.stringify(value)).toWellFormed());
  const values = fc.record(
    Object.fromEntries(parameters.map(({ name, schema }) => [name, valueOf(document, schema, 1)])),
    { requiredKeys: parameters.filter((one) => one.in === "path").map(({ name }) => name) },
  );
  const schema = requestBody?.content["application/json"]?.schema;
  const body = schema === undefined ? fc.constant(undefined) : valueOf(document, schema, 4);
  return fc.tuple(values, body).map(([given, sent]) => {
    const query = parameters
      .filter((one) => one.in === "query" && given[one.name] !== undefined)
      .map(({ name }) => `${name}=${text(given[name])}`);
    const filled = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => text(given[name]) || "x");
    return {
      method: method.toUpperCase(),
      path: query.length > 0 ? `${filled}?${query.join("&")}` : filled,
      ...(schema !== undefined && { body: sent }),
    };
  });
}

function valueOf(document: ApiDocument, schema: Schema, depth: number): fc.Arbitrary<unknown> {
  return fc.oneof(
    { weight: 12, arbitrary: fittingOf(document, schema, depth) },
    { weight: 1, arbitrary: NASTY },
  );
}

function fittingOf(document: ApiDocument, schema: Schema, depth: number): fc.Arbitrary<unknown> {
  if (schema.$ref !== undefined) return fittingOf(document, resolve(document, schema.$ref), depth);
  const parts = schema.anyOf ?? schema.oneOf ?? schema.allOf;
  if (parts !== undefined) return fc.oneof(...parts.map((one) => fittingOf(document, one, depth)));
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum);
  if (schema.const !== undefined) return fc.constant(schema.const);
  const types = [schema.type ?? "string"].flat();
  return fc.oneof(
    ...(schema.example === undefined ? [] : [fc.constant(schema.example)]),
    ...types.map((type) => ofType(document, schema, type, depth)),
  );
}

function ofType(
  document: ApiDocument,
  schema: Schema,
  type: string,
  depth: number,
): fc.Arbitrary<unknown> {
  if (type === "null") return fc.constant(null);
  if (type === "boolean") return fc.boolean();
  if (type === "integer" || type === "number") return fc.integer({ min: -2, max: 120 });
  if (type === "array" && schema.items !== undefined && depth > 0)
    return fc.array(valueOf(document, schema.items, depth - 1), { maxLength: 3 });
  if (type === "object" && depth > 0) {
    const fields = Object.entries(schema.properties ?? {}).map(
      ([name, field]) => [name, valueOf(document, field, depth - 1)] as const,
    );
    return fc.record(Object.fromEntries(fields), { requiredKeys: [...(schema.required ?? [])] });
  }
  return type === "string" ? fc.string({ maxLength: 12 }) : fc.constant({});
}

function resolve(document: ApiDocument, ref: string): Schema {
  const keys = ref.split("/").slice(1);
  return keys.reduce<unknown>(
    (node, key) => (node as Readonly<Record<string, unknown>>)[key],
    document,
  ) as Schema;
}
