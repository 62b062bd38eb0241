import type { Policy } from "../../decide/guard/policy/policy.ts";
import { GROUPS, numberOf, type Rule } from "../../decide/guard/rules/rule.ts";
import type { PolicyEntry } from "../../domain/guard/policy.ts";
import { wrapped } from "../cli/layout.ts";
import { boundWords, daysInForce, entryWords } from "./parameters.ts";

/** The policy entries of a rule. */
export const entriesOfRule = ({ entries }: Policy, { id }: Rule): readonly PolicyEntry[] =>
  entries.filter(({ ruleId }) => ruleId === id);

/** The effect of a rule, in a few words. */
export function roleOf({ decide, lifts, id }: Rule): string {
  if (lifts !== undefined) return decide === undefined ? "lifts" : "decides and lifts";
  if (decide !== undefined) return "decides";
  return id === "state.scope" ? "sets what applies" : "counts or computes";
}

/** A rule as JSON, without its code. */
export function ruleJson(rule: Rule, policy: Policy): object {
  const { id, group, short, statement, appliesTo, condition, citation, certainty, inputs, lifts } =
    rule;
  return {
    number: numberOf(id),
    id,
    group: GROUPS[group],
    on: !policy.off.has(id),
    role: roleOf(rule),
    short,
    statement,
    appliesTo,
    condition,
    citation,
    certainty,
    inputs,
    ...(lifts !== undefined && { lifts }),
    parameters: entriesOfRule(policy, rule),
  };
}

/** Describes one rule on a page. */
export function rulePage(rule: Rule, policy: Policy, asJson: boolean): string {
  if (asJson) return JSON.stringify(ruleJson(rule, policy));
  const state = policy.off.has(rule.id) ? "off" : "on";
  const sections: readonly (readonly [string, string])[] = [
    ["rule", rule.statement],
    ["applies to", rule.appliesTo],
    ["condition", rule.condition],
    ["source", rule.citation],
    ["certainty", rule.certainty.join(", ")],
    ["looks at", rule.inputs.join(", ")],
    ...(rule.lifts === undefined ? [] : [["lifts", rule.lifts.join(", ")] as const]),
    ...entriesOfRule(policy, rule).map((entry) => ["parameter", entryLine(entry)] as const),
  ];
  return [
    `${numberOf(rule.id)}. ${rule.id}: ${rule.short} (${state}, ${roleOf(rule)})`,
    GROUPS[rule.group],
    ...sections.flatMap(([title, text]) => ["", title, ...wrapped(text, "  ")]),
  ].join("\n");
}

/** Writes an entry in one line: its id, value, place, days and source. */
function entryLine(entry: PolicyEntry): string {
  const details = [boundWords(entry), daysInForce(entry), entry.note ?? ""].filter(
    (text) => text !== "",
  );
  const more = details.length === 0 ? "" : ` (${details.join("; ")})`;
  return `${entry.id}: ${entryWords(entry)}${more}. ${entry.source}, ${entry.certainty}`;
}
