import type { Facts, GuardContact, GuardLoan, Message } from "../../../domain/guard/facts.ts";
import type { Day, Instant } from "../../../domain/guard/moments.ts";
import type {
  ContentClass,
  EntryOf,
  PolicyEntry,
  PolicyRule,
} from "../../../domain/guard/policy.ts";
import type { RuleId } from "../../../domain/guard/rule-ids.ts";
import { entriesOf, type Policy } from "../policy/policy.ts";
import type { ZoneClock } from "../time/zone-clock.ts";
import { classesOf, isCollection, isDebtCollector, loansOf } from "./content-class.ts";
import { type PastContact, pastOf } from "./history.ts";
import { knownAt } from "./known.ts";
import { homesOf, isNumberOf, zonesOf } from "./where.ts";

/**
 * The input of the rules for one judgement: the facts known at `now`, values derived from them, and the instant to
 * judge.
 */
export interface Scene {
  readonly facts: Facts;
  readonly policy: Policy;
  /** The moment of the judgement. The facts contain nothing with a later date. */
  readonly now: Instant;
  /** The moment at which the message would be sent: `now`, or the end of a wait. */
  readonly at: Instant;
  readonly message: Message;
  readonly contact: GuardContact;
  readonly loans: readonly GuardLoan[];
  readonly classes: ReadonlySet<ContentClass>;
  readonly byDebtCollector: boolean;
  readonly clocks: readonly ZoneClock[];
  /** The local day at `at` by each clock. */
  readonly days: readonly Day[];
  readonly homes: ReadonlySet<string>;
  readonly past: readonly PastContact[];
}

/** Creates the scene of a judgement. Throws RangeError unless the message's contact and loans are keys of the facts. */
export function openScene(given: Facts, policy: Policy, now: Instant): Scene {
  const facts = knownAt(given, now);
  const { message } = facts;
  const loans = loansOf(facts);
  const clocks = zonesOf(facts);
  const contact = facts.contacts[message.contactId];
  if (contact === undefined) throw new RangeError("message.contactId is no key of contacts");
  const scene = {
    facts,
    policy,
    now,
    at: now,
    message,
    contact,
    loans,
    classes: classesOf(message, loans),
    byDebtCollector: isDebtCollector(loans),
    clocks,
    days: clocks.map((clock) => clock.dayAt(now)),
    homes: homesOf(facts),
    past: pastOf(facts, clocks),
  };
  return isCollection(scene.classes) && regulationFApplies(scene)
    ? { ...scene, classes: new Set(scene.classes).add("coll*") }
    : scene;
}

/** Returns the same scene at another instant. */
export function sceneAt(scene: Scene, at: Instant): Scene {
  return { ...scene, at, days: scene.clocks.map((clock) => clock.dayAt(at)) };
}

/** True for a debt collector by law, by choice of the lender, or by the law of a state. */
function regulationFApplies(scene: Scene): boolean {
  if (scene.byDebtCollector || scene.facts.lender.switches.regF) return true;
  return !scene.policy.off.has("state.scope") && lawOf(scene, "state.scope", "regF").length > 0;
}

/** A policy entry that applies to this message, and the loans to which it applies. */
export interface Law<Rule extends PolicyRule> {
  readonly entry: EntryOf<Rule>;
  readonly loanIds: readonly string[];
}

/** Returns the entries of a rule that are in force for the place, the class of the message and one of its loans. */
export function lawOf<Rule extends PolicyRule>(
  scene: Scene,
  ruleId: RuleId,
  rule: Rule,
): Law<Rule>[] {
  const laws: Law<Rule>[] = [];
  for (const entry of entriesOf(scene.policy, ruleId, rule)) {
    const loanIds = isInScope(entry, scene) ? boundLoans(entry, scene) : undefined;
    if (loanIds !== undefined) laws.push({ entry, loanIds });
  }
  return laws;
}

function isInScope(entry: PolicyEntry, scene: Scene): boolean {
  return isForPlace(entry, scene) && isForClass(entry, scene) && isInForce(entry, scene.days);
}

/** Returns the entry of a federal parameter; undefined if none is in force. */
export function parameterOf<Rule extends PolicyRule>(
  scene: Scene,
  ruleId: RuleId,
  rule: Rule,
): EntryOf<Rule>["value"] | undefined {
  const [law] = lawOf(scene, ruleId, rule);
  // the compiler does not see that an entry and its value have the same kind
  return law?.entry.value as EntryOf<Rule>["value"] | undefined;
}

/** With several zones an entry is in force as soon as it is in force in one of them. */
function isInForce({ from, until }: PolicyEntry, days: readonly Day[]): boolean {
  return days.some((day) => (from === null || from <= day) && (until === null || day <= until));
}

function isForClass({ applies }: PolicyEntry, { classes }: Scene): boolean {
  return applies.length === 0 || applies.some((each) => classes.has(each));
}

/** Telemarketing law also reaches a number by its area code. */
function isForPlace({ jurisdiction, applies }: PolicyEntry, { homes, contact }: Scene): boolean {
  if (jurisdiction === "US" || homes.has(jurisdiction)) return true;
  return applies.includes("mkt") && isNumberOf(jurisdiction, contact.value ?? "");
}

const NO_LOANS: GuardLoan = {
  collectorRole: "creditor",
  status: "open",
  daysPastDue: 0,
  productType: "personal",
  accelerated: false,
  statementsCeased: false,
  suitTakenOrThreatened: false,
  timeBarred: false,
  contractedBeforeService: false,
};

/** Undefined if the entry applies to no loan here. A message about no loan is judged as a creditor's. */
function boundLoans(entry: PolicyEntry, { message, facts }: Scene): readonly string[] | undefined {
  if (entry.jurisdiction === "US") return message.loanIds;
  const licensed =
    entry.binds.includes("licensedAgency") &&
    facts.lender.licensedAgencyIn.includes(entry.jurisdiction);
  const binds = (loan: GuardLoan): boolean =>
    (licensed || entry.binds.includes(loan.collectorRole)) && meets(entry.when, loan);
  if (message.loanIds.length === 0) return binds(NO_LOANS) ? [] : undefined;
  const bound = message.loanIds.filter((id) => binds(facts.loans[id] ?? NO_LOANS));
  return bound.length > 0 ? bound : undefined;
}

function meets(when: PolicyEntry["when"], loan: GuardLoan): boolean {
  if (when.daysPastDueOver !== undefined && loan.daysPastDue <= when.daysPastDueOver) return false;
  if (when.notProducts?.includes(loan.productType) === true) return false;
  if (when.creditorOnceCollecting !== true || loan.collectorRole === "debtCollector") return true;
  return loan.accelerated || loan.statementsCeased || loan.suitTakenOrThreatened;
}
