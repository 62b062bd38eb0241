import { readFileSync } from "node:fs";
import { builtInPolicy, type Policy } from "../../../src/decide/guard/policy/policy.ts";
import { judgeFacts } from "../../../src/decide/guard/judge.ts";
import { readQuestion, type ReadQuestion } from "../../../src/domain/guard/facts.ts";
import { writeInstant } from "../../../src/domain/guard/moments.ts";
import type { Judgement } from "../../../src/domain/guard/verdict.ts";

/** JSON that a row gives. */
export type Json =
  | null
  | boolean
  | number
  | string
  | readonly Json[]
  | { readonly [name: string]: Json };
export type JsonObject = { readonly [name: string]: Json };

const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** RFC 7396: objects merge, arrays and scalars replace, null removes. */
export function mergePatch(target: Json | undefined, patch: Json): Json {
  if (!isObject(patch)) return patch;
  const merged: Record<string, Json> = isObject(target) ? { ...target } : {};
  for (const [name, value] of Object.entries(patch))
    if (value === null) delete merged[name];
    else merged[name] = mergePatch(merged[name], value);
  return merged;
}

export interface Expected {
  readonly outcome: string;
  readonly until?: string | null;
  readonly ruleId?: string | null;
  readonly requires?: readonly string[];
  readonly to?: JsonObject;
  readonly log?: readonly JsonObject[];
}

/** A fact sheet, as a patch on the baseline, and the expected parts of its verdict. */
export interface Row {
  readonly id: string;
  readonly title: string;
  readonly given: JsonObject;
  readonly expected: Expected;
  readonly source?: { readonly rules?: readonly string[] };
}

export const TABLE = JSON.parse(
  readFileSync(new URL("../../conformance/guard.json", import.meta.url), "utf8"),
) as { readonly baseline: JsonObject; readonly rows: readonly Row[] };

/** The question of a row, read as the command line reads it. */
export function questionOf(given: Json): Extract<ReadQuestion, { kind: "question" }> {
  const read = readQuestion(mergePatch(TABLE.baseline, given));
  if (read.kind === "question") return read;
  throw new Error(read.errors.map(({ field, message }) => `${field} ${message}`).join("; "));
}

export function judgeRow(given: Json, policy: Policy = builtInPolicy()): Judgement {
  const { facts, now } = questionOf(given);
  return judgeFacts(facts, policy, now);
}

/** The members of a verdict that a row fixes, with instants as they are written. */
export function fixedMembers({ verdict }: Judgement, expected: Expected): JsonObject {
  const { outcome, ruleId, until, requires = [], to = {}, log } = verdict;
  const written = log.map((entry) => ({
    ...entry,
    ...(entry.until !== undefined && { until: writeInstant(entry.until) }),
  }));
  return {
    outcome,
    ...(expected.ruleId !== undefined && { ruleId: ruleId ?? null }),
    ...(expected.until !== undefined && {
      until: until === undefined ? null : writeInstant(until),
    }),
    ...(expected.requires !== undefined && {
      requires: expected.requires.filter((one) => (requires as readonly string[]).includes(one)),
    }),
    ...(expected.to !== undefined && {
      to: Object.fromEntries(Object.entries(to).filter(([name]) => name in (expected.to ?? {}))),
    }),
    ...(expected.log !== undefined && {
      log: expected.log.filter((entry) =>
        written.some((one) =>
          Object.entries(entry).every(([name, value]) => one[name as keyof typeof one] === value),
        ),
      ),
    }),
  };
}
