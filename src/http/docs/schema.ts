/** The parts of JSON Schema that our OpenAPI document uses. */
export interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly format?: string;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly default?: unknown;
  readonly example?: unknown;
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | Schema;
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
}

const ESCAPES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};
export const escapeHtml = (text: string): string =>
  text.replaceAll(/[&<>"']/g, (character) => ESCAPES[character] ?? "");

/** A text as HTML, with `words` between backticks as code. */
export const prose = (text: string): string =>
  escapeHtml(text).replaceAll(/`([^`]+)`/g, "<code>$1</code>");

const code = (value: unknown): string =>
  `<code>${escapeHtml(typeof value === "string" ? value : JSON.stringify(value))}</code>`;

/** The name of the component that a schema refers to. */
const nameOf = (ref: string): string => ref.split("/").at(-1) ?? ref;
const linkTo = (ref: string): string =>
  `<a href="#schema-${escapeHtml(nameOf(ref))}">${escapeHtml(nameOf(ref))}</a>`;

/** The type of a value, in a few words. */
export function typeOf(schema: Schema): string {
  if (schema.$ref !== undefined) return linkTo(schema.$ref);
  const parts = schema.anyOf ?? schema.oneOf;
  // a union of unions is one
  if (parts !== undefined)
    return [...new Set(parts.flatMap((part) => typeOf(part).split(" or ")))].join(" or ");
  if (schema.allOf !== undefined) return schema.allOf.map(typeOf).join(" with ");
  const types = [schema.type ?? "anything"].flat();
  return types
    .map((type) => (type === "array" && schema.items ? `list of ${typeOf(schema.items)}` : type))
    .join(" or ")
    .concat(schema.format === undefined ? "" : ` (${escapeHtml(schema.format)})`);
}

/** The limits of a value, one phrase each. */
function limitsOf(schema: Schema): string[] {
  const phrases: readonly (readonly [string, unknown])[] = [
    ["at least", schema.minimum],
    ["at most", schema.maximum],
    ["minimum length", schema.minLength],
    ["maximum length", schema.maxLength],
    ["minimum number of items", schema.minItems],
    ["maximum number of items", schema.maxItems],
    ["always", schema.const],
    ["default", schema.default],
    ["example", schema.example],
  ];
  const limits = phrases
    .filter(([, value]) => value !== undefined)
    .map(([word, value]) => `${word} ${code(value)}`);
  const words = (schema.items ?? schema).enum?.filter((word) => word !== null) ?? [];
  if (words.length === 0) return limits;
  return [`${words.length === 1 ? "always" : "one of"} ${words.map(code).join(" ")}`, ...limits];
}

/** The description and limits of a schema, and its fields. */
export function describe(schema: Schema): string {
  const words = schema.description === undefined ? "" : `<p>${prose(schema.description)}</p>`;
  const limits = limitsOf(schema);
  const small = limits.length === 0 ? "" : `<p class="limits">${limits.join("; ")}</p>`;
  return words + small + insideOf(schema);
}

function insideOf(schema: Schema): string {
  if (schema.properties !== undefined) return fields(schema);
  if (schema.items !== undefined) return insideOf(schema.items);
  const variants = (schema.allOf ?? schema.anyOf ?? schema.oneOf)?.filter(
    ({ properties }) => properties !== undefined,
  );
  return variants === undefined || variants.length === 0 ? "" : fields(merged(variants));
}

/** The variants of an object as one object, whose fields may have the type of any variant. */
function merged(variants: readonly Schema[]): Schema {
  const names = new Set(variants.flatMap(({ properties = {} }) => Object.keys(properties)));
  const properties = [...names].map((name) => {
    const kinds = variants.flatMap((variant) => variant.properties?.[name] ?? []);
    return [name, anyOf(kinds)] as const;
  });
  const required = [...names].filter((name) =>
    variants.every((variant) => variant.required?.includes(name)),
  );
  return { properties: Object.fromEntries(properties), required };
}

function anyOf(kinds: readonly Schema[]): Schema {
  const different = [...new Map(kinds.map((kind) => [JSON.stringify(kind), kind])).values()];
  const [first = {}] = different;
  if (different.length === 1) return first;
  const words = different.flatMap((kind) => kind.enum ?? []);
  if (words.length > 0) return { ...first, enum: words };
  return {
    anyOf: different,
    ...(first.description !== undefined && { description: first.description }),
  };
}

function fields({ properties = {}, required = [] }: Schema): string {
  const rows = Object.entries(properties).map(([name, field]) =>
    entry(name, field, required.includes(name)),
  );
  return `<dl>${rows.join("")}</dl>`;
}

/** One field or parameter. */
export const entry = (name: string, schema: Schema, isRequired: boolean): string =>
  `<dt><code>${escapeHtml(name)}</code> <span class="type">${typeOf(schema)}${
    isRequired ? "" : ", optional"
  }</span></dt><dd>${describe(schema)}</dd>`;
