import { z } from "zod";
import { didYouMean } from "../values/did-you-mean.ts";
import type { Shape } from "./context.ts";

type Issue = z.core.$ZodIssue;
type Path = readonly PropertyKey[];

/** A way in which a value does not fit its schema. */
export interface SchemaIssue {
  /** `missing`: fields of the object at the path. */
  readonly kind: "missing" | "wrong";
  readonly path: Path;
  /** A sentence that says what to write. */
  readonly message: string;
}

/** Returns, in words, every way in which a value does not fit its schema. */
export function schemaIssues(schema: z.ZodType, value: unknown): readonly SchemaIssue[] {
  const { error } = schema.safeParse(value, { reportInput: true });
  if (error === undefined) return [];
  const shape = z.toJSONSchema(schema, { io: "input" }) as Shape;
  const missing = error.issues.filter((issue) => isMissing(issue));
  const wrong = error.issues.filter((issue) => !isMissing(issue));
  const parents = Map.groupBy(missing, ({ path }) => path.slice(0, -1).join("."));
  const absent = [...parents.values()].map((issues): SchemaIssue => {
    const path = issues[0]?.path.slice(0, -1) ?? [];
    return { kind: "missing", path, message: sayMissing(shape, path, issues) };
  });
  return [...absent, ...wrong.flatMap((issue) => wrongIssues(issue, shape))];
}

const isMissing = ({ code, input, path }: Issue): boolean =>
  (code === "invalid_type" || code === "invalid_value") && input === undefined && path.length > 0;

/** `Add "name": "…" and "phone": "…" to lender.` */
function sayMissing(shape: Shape, parent: Path, issues: readonly Issue[]): string {
  const fields = issues.map(
    ({ path }) => `"${String(path.at(-1))}": ${blankOf(shapeAt(shape, path))}`,
  );
  const list = new Intl.ListFormat("en").format(fields);
  return parent.length === 0 ? `Add ${list}.` : `Add ${list} to ${nameOf(parent)}.`;
}

/** A placeholder of the kind of value that belongs in a field. */
function blankOf(shape: Shape | undefined): string {
  const types = typesOf(shape);
  if (types.includes("object")) return "{…}";
  if (types.includes("array")) return "[]";
  if (types.includes("null")) return "null";
  return types.includes("number") || types.includes("integer") ? "1" : '"…"';
}

const typesOf = (shape: Shape | undefined): readonly string[] =>
  [shape, ...(shape?.anyOf ?? [])].flatMap((one) => one?.type ?? []);

function wrongIssues(issue: Issue, shape: Shape): readonly SchemaIssue[] {
  if (issue.code !== "unrecognized_keys")
    return [{ kind: "wrong", path: issue.path, message: sayWrong(issue, shape) }];
  const known = Object.keys(shapeAt(shape, issue.path)?.properties ?? {});
  return issue.keys.map((key) => {
    const path = [...issue.path, key];
    const hint = didYouMean(key, known) || ` The fields are ${known.join(", ")}.`;
    return { kind: "wrong", path, message: `${nameOf(path)} is not a field.${hint}` };
  });
}

function sayWrong(issue: Exclude<Issue, { code: "unrecognized_keys" }>, shape: Shape): string {
  const name = nameOf(issue.path);
  if (issue.code === "invalid_type") return `${name} ${sayType(issue, shape)}`;
  if (issue.code === "invalid_value") return `${name} ${sayWord(issue)}`;
  if (issue.code === "too_small") return `${name} must not be blank.`;
  if (issue.code === "too_big") return `${name} must have at most ${issue.maximum} characters.`;
  if (issue.code === "invalid_format" && issue.format === "datetime")
    return `${name} must be an instant in UTC such as "2031-03-03T15:00:00Z".`;
  return `${name} ${issue.message}.`;
}

function sayWord({ input, values }: Issue & { code: "invalid_value" }): string {
  const known = values.map(String);
  const words = `The words are ${known.join(", ")}.`;
  if (typeof input !== "string") return `must be a text in double quotes. ${words}`;
  return `cannot be "${input}".${didYouMean(input, known)} ${words}`;
}

const KINDS: Readonly<Record<string, string>> = {
  string: "a text in double quotes",
  number: "a number",
  boolean: "true or false",
  object: "an object: {…}",
  record: "an object: {…}",
  array: "a list: […]",
  null: "null",
};

function sayType(
  { input, expected, path }: Issue & { code: "invalid_type" },
  shape: Shape,
): string {
  const types = typesOf(shapeAt(shape, path));
  const wanted = types.length > 0 ? types : [expected];
  const words = wanted.map((type) => KINDS[type] ?? type);
  return `must be ${words.join(" or ")}, not ${kindOfInput(input)}.`;
}

function kindOfInput(input: unknown): string {
  if (input === null) return "null";
  if (Array.isArray(input)) return "a list";
  if (typeof input === "object") return "an object";
  if (typeof input === "boolean") return String(input);
  return typeof input === "number" ? "a number" : "a text";
}

const nameOf = (path: Path): string =>
  path
    .map((key) => (typeof key === "number" ? `[${key}]` : `.${String(key)}`))
    .join("")
    .replace(/^\./, "") || "The file";

function shapeAt(shape: Shape, path: Path): Shape | undefined {
  return path.reduce<Shape | undefined>(
    (at, key) => (typeof key === "number" ? at?.items : at?.properties?.[String(key)]),
    shape,
  );
}
