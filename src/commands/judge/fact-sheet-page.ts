import { factSheetSchema } from "../../domain/guard/facts.ts";

/** The part of JSON Schema that the fact sheet uses. */
interface Schema {
  readonly type?: string;
  readonly format?: string;
  readonly pattern?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly const?: string;
  readonly enum?: readonly unknown[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: Schema | boolean;
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
}

const INTRODUCTION = `# The fact sheet

<!-- Written by \`tidings judge --markdown\`; a test compares the two. -->

A fact sheet holds everything that the rules of the guard look at for one message to one contact: \`{"now": ..., "facts": {...}}\`.
\`tidings judge --facts FILE\` judges one, \`tidings judge --schema\` prints its JSON Schema, and [rules.md](rules.md) lists the rules.

- Members marked * are required. Every other one has the default of its table; without a default, an absent member means "not known, not so".
- Instants are UTC, such as \`2026-11-20T16:30:00Z\`. Dates are days where the borrower is. Zones are IANA names.
- An instant later than \`now\` is not yet known: the verdict is the same as if that member, item or case were absent. A future end (\`until\`, \`scheduledAtTo\`) and a planned interaction (\`scheduled\`, \`inProgress\`) are not meant.
- A member that is not listed here, a value that does not fit, a \`contactId\` or loan id of the message without its contact or loan, and an address in use that is none are errors. Each names its member.`;

const VERDICT = `## The verdict

| member | meaning |
| --- | --- |
| \`outcome\` * | \`allow\`, \`wait\`, \`redirect\`, \`hold\` or \`refuse\` |
| \`ruleId\` | the rule that decided; on allow only where an exception lifted another rule |
| \`until\` | on wait: judge again at this instant; on allow: the permission lapses at this instant, so a text has a validity period of min(36000, until - now) seconds |
| \`requires\` | on allow and redirect: what the rendered message must satisfy; empty once \`rendered\` is given and satisfies it |
| \`to\` | on redirect: party (borrower, attorney or estate), channel, contactId |
| \`short\`, \`long\` | a label, and a sentence that says what to do; on every outcome but allow |
| \`log\` | every rule that did not simply allow: ruleId, outcome, until |
| \`rules\` | with \`--all\`: the result of every rule that decides, with the facts it used by reference, and the exception that lifted it |`;

/** Writes the page that describes the fact sheet from its schema. */
export function factSheetPage(): string {
  // zod writes the schema in this form
  const { properties = {} } = factSheetSchema() as Schema;
  const sections = Object.entries(properties).map(([name, schema]) => sectionOf(name, schema));
  return [INTRODUCTION, ...sections, VERDICT].join("\n\n");
}

function sectionOf(name: string, schema: Schema): string {
  const about = schema.description === undefined ? [] : [`${capital(schema.description)}.`];
  const many = schema.items ?? mapOf(schema);
  if (many?.oneOf !== undefined)
    return [`## ${name}: a list`, ...about, caseTable(many.oneOf)].join("\n\n");
  const title = schema.items === undefined ? name : `${name}: a list`;
  return [`## ${title}`, ...about, tableOf(many ?? schema)].join("\n\n");
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

function mapOf({ additionalProperties }: Schema): Schema | undefined {
  return typeof additionalProperties === "object" ? additionalProperties : undefined;
}

function tableOf(schema: Schema): string {
  return [
    "| member | values | default | meaning |",
    "| --- | --- | --- | --- |",
    ...rowsOf(schema, ""),
  ].join("\n");
}

function rowsOf({ properties = {}, required = [] }: Schema, prefix: string): string[] {
  return Object.entries(properties).flatMap(([name, schema]) => {
    const star = required.includes(name) ? " *" : "";
    const row = `| \`${prefix}${name}\`${star} | ${valuesOf(schema)} | ${defaultOf(schema)} | ${schema.description ?? ""} |`;
    const inner = schema.properties === undefined ? schema.items : schema;
    return [row, ...(inner?.properties === undefined ? [] : rowsOf(inner, `${prefix}${name}.`))];
  });
}

function valuesOf(schema: Schema): string {
  const { type, format, pattern, items, anyOf } = schema;
  if (schema.const !== undefined) return schema.const;
  if (schema.enum !== undefined) return schema.enum.join(", ");
  if (anyOf !== undefined) return anyOf.map(valuesOf).join(" or ");
  if (items !== undefined)
    return items.properties === undefined ? `list of ${valuesOf(items)}` : "list";
  if (format !== undefined) return format === "date" ? "date" : "instant";
  if (pattern?.startsWith("^([01]") === true) return "hh:mm";
  return type === "object" ? (namesOf(schema) ?? "object") : (type ?? "");
}

/** The members of an object that is one of several choices. */
function namesOf({ properties = {} }: Schema): string | undefined {
  const names = Object.keys(properties);
  return names.length === 0 ? undefined : `{${names.join(", ")}}`;
}

function defaultOf({ default: value }: Schema): string {
  const isPlain =
    value === undefined ||
    (typeof value === "object" &&
      value !== null &&
      Object.keys(value).length === 0 &&
      !Array.isArray(value));
  return isPlain ? "" : `\`${JSON.stringify(value)}\``;
}

/** Every case has the same members; its fields differ by its type. */
function caseTable(cases: readonly Schema[]): string {
  const [first = {}] = cases;
  const { fields: _, caseType: __, ...common } = first.properties ?? {};
  const types = cases.map(({ properties = {} }) => {
    const fields = properties["fields"] ?? {};
    const names = Object.entries(fields.properties ?? {}).map(([name, schema]) => {
      const star = fields.required?.includes(name) === true ? " *" : "";
      return `\`${name}\`${star} ${valuesOf(schema)}`;
    });
    return `| ${valuesOf(properties["caseType"] ?? {})} | ${names.join("; ")} |`;
  });
  return [
    tableOf({ properties: common, required: first.required ?? [] }),
    "",
    "| `caseType` * | `fields` |",
    "| --- | --- |",
    ...types,
  ].join("\n");
}
