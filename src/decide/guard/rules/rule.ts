import type { Channel } from "../../../domain/vocabulary.ts";
import type { Instant } from "../../../domain/guard/moments.ts";
import { type Certainty, RULE_IDS, type RuleId } from "../../../domain/guard/rule-ids.ts";
import type { RedirectTarget, Requirement } from "../../../domain/guard/verdict.ts";
import type { Rendered } from "../../../domain/guard/facts.ts";
import type { Scene } from "../scene/scene.ts";

/** The sections of rules.md. */
export const GROUPS = {
  A: "Person, address, third parties",
  B: "Legal state of the debt or the person",
  C: "Time and frequency",
  D: "Consent, opt-out, medium",
  E: "Content and delivery",
} as const;
export type Group = keyof typeof GROUPS;

interface Because {
  /** References to the facts that determined the decision. */
  readonly facts: readonly string[];
  /** A sentence that states what to do. It names ids and days, never persons. */
  readonly long: string;
}

/** The decision of a rule. */
export type Decision =
  | { readonly outcome: "allow"; readonly requires: readonly Requirement[] }
  | ({ readonly outcome: "wait"; readonly until: Instant } & Because)
  | ({
      readonly outcome: "redirect";
      readonly to: RedirectTarget;
      readonly requires?: readonly Requirement[];
    } & Because)
  | ({ readonly outcome: "hold" } & Because)
  | ({ readonly outcome: "refuse" } & Because);

/** The description of a rule for people. */
export interface RuleText {
  readonly id: RuleId;
  readonly group: Group;
  /** A label for the messages that the rule stops. */
  readonly short: string;
  readonly statement: string;
  readonly appliesTo: string;
  /** The exact condition, as in the code. */
  readonly condition: string;
  readonly citation: string;
  /** The first one applies to the core of the rule. */
  readonly certainty: readonly [Certainty, ...Certainty[]];
  /** The facts that it reads. */
  readonly inputs: readonly string[];
}

/** A rule. One with neither `decide` nor `lifts` counts for other rules, or is for the lender's other systems. */
export interface Rule extends RuleText {
  /** Undefined means no objection, which allows. */
  readonly decide?: (scene: Scene) => Decision | undefined;
  /** The rules whose results do not count while `holds` is true. */
  readonly lifts?: readonly RuleId[];
  readonly holds?: (scene: Scene) => boolean;
  /** The channels of the messages that it decides about; absent: any. An entry that cannot be read holds no others. */
  readonly channels?: readonly Channel[];
  /** True if an exception inside the rule applied. */
  readonly opens?: (scene: Scene) => boolean;
}

const NUMBERS: ReadonlyMap<RuleId, number> = new Map(RULE_IDS.map((id, index) => [id, index + 1]));

/** The number of a rule, which decides ties. */
export const numberOf = (id: RuleId): number => NUMBERS.get(id) ?? RULE_IDS.length;

export const refuse = (facts: readonly string[], long: string): Decision => ({
  outcome: "refuse",
  facts,
  long,
});
export const hold = (facts: readonly string[], long: string): Decision => ({
  outcome: "hold",
  facts,
  long,
});
export const redirect = (to: RedirectTarget, facts: readonly string[], long: string): Decision => ({
  outcome: "redirect",
  to,
  facts,
  long,
});

/** References to members of the message's contact. */
export const ofContact = ({ message }: Scene, ...members: readonly string[]): string[] =>
  members.map((member) => `contacts.${message.contactId}.${member}`);

/** References to a member of every loan of the message. */
export const ofLoans = ({ message }: Scene, member: string): string[] =>
  message.loanIds.map((id) => `loans.${id}.${member}`);

/** True if a message is an act to collect, whether or not Regulation F applies to it. */
export const collects = ({ classes }: Scene): boolean =>
  classes.has("coll") || classes.has("locate") || classes.has("employer");

/** Returns a wait; undefined if there is nothing to wait for. */
export function waitUntil(
  until: Instant | undefined,
  { at }: Scene,
  facts: readonly string[],
  long: string,
): Decision | undefined {
  if (until === undefined || until <= at) return undefined;
  return { outcome: "wait", until, facts, long };
}

/** Tests whether the rendered message meets a requirement. */
export type Satisfied = (rendered: Rendered) => boolean;

/**
 * Requires a property of the rendered message. Before rendering, the requirement is passed on; afterwards, a message
 * without it is refused.
 */
export function require(
  { facts }: Scene,
  requirements: Partial<Record<Requirement, Satisfied>>,
  long: string,
): Decision | undefined {
  const tokens = Object.keys(requirements) as Requirement[];
  const { rendered } = facts;
  if (rendered === undefined) return { outcome: "allow", requires: tokens };
  const missing = tokens.filter((token) => requirements[token]?.(rendered) === false);
  return missing.length === 0 ? undefined : refuse(["rendered"], long);
}
