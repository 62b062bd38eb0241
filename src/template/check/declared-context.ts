import { CONTEXT_SHAPE, type Shape } from "../../domain/template/context.ts";

/** The kind of a declared value. An open value accepts any use, and so does everything below it. */
export const KINDS = ["text", "truth", "list", "record", "open"] as const;
export type Kind = (typeof KINDS)[number];

/** A declared variable with its shape. */
export interface Declared {
  /** The full path, such as `loans[].displayId`; empty for the context itself. */
  readonly name: string;
  readonly shape: Shape;
}

export const CONTEXT: Declared = { name: "", shape: CONTEXT_SHAPE };

/** Returns the declared property of that name, or undefined. */
export function below({ name, shape }: Declared, key: string): Declared | undefined {
  const inner = shapeBelow(shape, key);
  return inner && { name: name === "" ? key : `${name}.${key}`, shape: inner };
}

function shapeBelow(shape: Shape, key: string): Shape | undefined {
  const kind = kindOf({ shape });
  if (kind === "open") return {};
  if (kind === "list" && key === "length") return { type: "number" };
  if (kind === "list") return /^\d+$/.test(key) ? shape.items : undefined;
  if (shape.properties !== undefined && Object.hasOwn(shape.properties, key))
    return shape.properties[key];
  return typeof shape.additionalProperties === "object" ? shape.additionalProperties : undefined;
}

/** Returns the names of the declared properties. */
export const namesBelow = ({ shape }: Declared): readonly string[] =>
  Object.keys(shape.properties ?? {});

/** Returns the element of a list, over which `each` iterates. */
export function elementOf({ name, shape }: Declared): Declared {
  return { name: `${name}[]`, shape: shape.items ?? {} };
}

export function kindOf({ shape }: Pick<Declared, "shape">): Kind {
  const types = [shape, ...(shape.anyOf ?? [])].flatMap(({ type }) => type ?? []);
  if (types.length === 0) return "open";
  if (types.includes("array")) return "list";
  if (types.includes("object")) return "record";
  return types.includes("boolean") ? "truth" : "text";
}

/** Returns every variable that a template may use, for the documentation. `.*` means any name below an open record. */
export function declaredVariables(
  from: Declared = CONTEXT,
): readonly { readonly variable: string; readonly meaning: string }[] {
  const { properties, items, description = "" } = from.shape;
  if (items !== undefined) return declaredVariables(elementOf(from));
  if (properties !== undefined)
    return Object.keys(properties).flatMap((key) => declaredVariables(below(from, key) ?? from));
  const variable = kindOf(from) === "record" ? `${from.name}.*` : from.name;
  return [{ variable, meaning: description }];
}
