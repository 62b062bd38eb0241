import type { Policy } from "../../decide/guard/policy/policy.ts";
import { GROUPS, numberOf, type Rule } from "../../decide/guard/rules/rule.ts";
import type { PolicyEntry } from "../../domain/guard/policy.ts";
import type { UnreadableChange } from "../../decide/guard/policy/policy.ts";
import type { PolicyChange } from "../../domain/guard/policy-record.ts";
import { wrapped } from "../cli/layout.ts";
import { boundWords, daysInForce, entryWords } from "./parameters.ts";
import type { ShownPolicy } from "./policy.ts";

/** The policy entries of a rule. */
export const entriesOfRule = ({ entries }: Policy, { id }: Rule): readonly PolicyEntry[] =>
  entries.filter(({ ruleId }) => ruleId === id);

/** The effect of a rule, in a few words. */
export function roleOf({ decide, lifts, id }: Rule): string {
  if (lifts !== undefined) return decide === undefined ? "lifts" : "decides and lifts";
  if (decide !== undefined) return "decides";
  return id === "state.scope" ? "sets what applies" : "counts or computes";
}

/** On, off, or how much stricter. */
export function stateOf({ id }: Rule, { policy, unreadable }: ShownPolicy): string {
  const state = policy.off.has(id) ? "off" : (policy.stricter.get(id) ?? "on");
  const stricter = state === "on" || state === "off" ? state : `stricter: ${state}`;
  return unreadable.some(({ ruleId }) => ruleId === id) ? `${stricter}, unreadable` : stricter;
}

/** A rule as JSON, without its code. */
export function ruleJson(rule: Rule, shown: ShownPolicy): object {
  const { policy, unreadable, changes } = shown;
  const { id, group, short, statement, appliesTo, condition, citation, certainty, inputs, lifts } =
    rule;
  return {
    number: numberOf(id),
    id,
    group: GROUPS[group],
    on: !policy.off.has(id),
    stricter: policy.stricter.get(id) ?? null,
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
    changes: changes.filter(({ ruleId }) => ruleId === id),
    unreadable: unreadable.filter(({ ruleId }) => ruleId === id),
  };
}

/** Describes one rule on a page. */
export function rulePage(rule: Rule, shown: ShownPolicy, asJson: boolean): string {
  if (asJson) return JSON.stringify(ruleJson(rule, shown));
  const { policy, unreadable, record } = shown;
  const sections: readonly (readonly [string, string])[] = [
    ["rule", rule.statement],
    ["applies to", rule.appliesTo],
    ["condition", rule.condition],
    ["source", rule.citation],
    ["certainty", rule.certainty.join(", ")],
    ["looks at", rule.inputs.join(", ")],
    ...(rule.lifts === undefined ? [] : [["lifts", rule.lifts.join(", ")] as const]),
    ...entriesOfRule(policy, rule).map((entry) => ["parameter", entryLine(entry)] as const),
    ...unreadable
      .filter(({ ruleId }) => ruleId === rule.id)
      .map((one) => ["cannot be read", faultLine(one)] as const),
    ...record.changes
      .filter(({ ruleId }) => ruleId === rule.id)
      .map((change) => ["change", changeLine(change, shown)] as const),
  ];
  return [
    `${numberOf(rule.id)}. ${rule.id}: ${rule.short} (${stateOf(rule, shown)}, ${roleOf(rule)})`,
    GROUPS[rule.group],
    ...sections.flatMap(([title, text]) => ["", title, ...wrapped(text, "  ")]),
  ].join("\n");
}

function faultLine({ version, errors }: UnreadableChange): string {
  const faults = errors.map(({ field, message }) => `${field} ${message}`);
  return `change ${version}: ${faults.join("; ")}. The messages that need it are held.`;
}

/** Every change of a rule and its entries is shown, also those that are no longer in force. */
function changeLine(change: PolicyChange, { showMoment, changes }: ShownPolicy): string {
  const { version, changedAt, changedBy, effectiveFrom, reason, was } = change;
  const from = effectiveFrom === null ? "" : `, from ${showMoment(effectiveFrom)}`;
  const state = changes.includes(change) ? ", in force" : "";
  return `${version}: ${changeWords(change)}, by ${changedBy}, ${showMoment(changedAt)}${from}${state}. Reason: ${reason}. Before: ${wasWords(was)}.`;
}

function changeWords({ change, outcome, entryId, entry }: PolicyChange): string {
  if (change === "stricter") return `stricter: ${outcome}`;
  if (entryId === null) return change;
  return change === "set" ? `set ${entryId} ${JSON.stringify(entry)}` : `reset ${entryId}`;
}

function wasWords({ change, outcome, version }: PolicyChange["was"]): string {
  return typeof version === "number" ? `change ${version} (${outcome ?? change})` : "as built in";
}

/** Writes an entry in one line: its id, value, place, days and source. */
function entryLine(entry: PolicyEntry): string {
  const details = [boundWords(entry), daysInForce(entry), entry.note ?? ""].filter(
    (text) => text !== "",
  );
  const more = details.length === 0 ? "" : ` (${details.join("; ")})`;
  return `${entry.id}: ${entryWords(entry)}${more}. ${entry.source}, ${entry.certainty}`;
}
