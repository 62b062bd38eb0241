import type { Template } from "../../domain/template/template.ts";
import { type Need, NEEDS, remarksOn } from "./check-variables.ts";
import { type PartName, presentParts } from "../language/parts.ts";
import { parse } from "../language/syntax.ts";

/**
 * The variables of a template: required in every case, required in some branches, and optional. Each variable is in one
 * list.
 */
export type Requirements = Readonly<Record<Need, readonly string[]>>;

export function requirementsOf(template: Template): Requirements {
  const needs = new Map<string, number>();
  for (const [variable, need] of presentParts(template).flatMap(usesIn))
    needs.set(variable, Math.max(needs.get(variable) ?? 0, NEEDS.indexOf(need)));
  const those = (need: Need): string[] =>
    [...needs.keys()].filter((name) => needs.get(name) === NEEDS.indexOf(need)).toSorted();
  return {
    required: those("required"),
    conditional: those("conditional"),
    optional: those("optional"),
  };
}

function usesIn([, source]: readonly [PartName, string]): (readonly [string, Need])[] {
  const parsed = parse(source);
  if (parsed.kind === "broken") return [];
  return [...remarksOn(parsed.program)].flatMap((remark) =>
    remark.kind === "use" ? [[remark.variable, remark.need] as const] : [],
  );
}
