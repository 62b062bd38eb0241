import type { FieldError } from "../../../domain/guard/fields.ts";
import {
  type EntryOf,
  type PolicyChanges,
  type PolicyEntry,
  type PolicyRule,
  readPolicyChanges,
  type Stricter,
} from "../../../domain/guard/policy.ts";
import type { RuleId } from "../../../domain/guard/rule-ids.ts";
import overlay from "../data/overlay.json" with { type: "json" };

/** The enabled rules, and the law in force as data. Compiled once and used for many judgements. */
export interface Policy {
  readonly off: ReadonlySet<RuleId>;
  /** The minimum decision of a rule that does not allow. */
  readonly stricter: ReadonlyMap<RuleId, Stricter>;
  readonly entries: readonly PolicyEntry[];
  /** Entries by their rule and kind. */
  readonly index: ReadonlyMap<RuleId, ReadonlyMap<PolicyRule, readonly PolicyEntry[]>>;
  /** The changes that cannot be read. The built-in entries stay in force in their place. */
  readonly unreadable: readonly UnreadableChange[];
  /** The rules whose holds a person has released for this message. They do not hold it again. */
  readonly released?: ReadonlySet<string>;
}

/** A change of an entry that contradicts itself or the built-in entry. The messages that need it are held. */
export interface UnreadableChange {
  readonly version: number;
  readonly ruleId: RuleId;
  /** The channels of the entry; undefined if it is for all, or does not say so. */
  readonly channels: readonly string[] | undefined;
  readonly errors: readonly FieldError[];
}

const NO_CHANGES: PolicyChanges = { off: [], stricter: {}, entries: [] };

let builtIn: Policy | undefined;

/** Returns the policy without changes of a lender. It is read from the data once. */
export function builtInPolicy(): Policy {
  builtIn ??= compile(NO_CHANGES, readBuiltIn());
  return builtIn;
}

/** Returns the built-in policy with a lender's changes. An entry replaces the built-in entry with its id. */
export function policyWith(
  changes: PolicyChanges,
  unreadable: readonly UnreadableChange[] = [],
): Policy {
  return { ...compile(changes, builtInPolicy().entries), unreadable };
}

function compile(changes: PolicyChanges, given: readonly PolicyEntry[]): Policy {
  const byId = new Map([...given, ...changes.entries].map((entry) => [entry.id, entry]));
  const entries = [...byId.values()];
  return {
    off: new Set(changes.off),
    stricter: new Map(Object.entries(changes.stricter) as [RuleId, Stricter][]),
    entries,
    index: indexOf(entries),
    unreadable: [],
  };
}

function readBuiltIn(): readonly PolicyEntry[] {
  const read = readPolicyChanges({ entries: overlay.entries });
  if (read.kind === "changes") return read.changes.entries;
  const faults = read.errors.map(({ field, message }) => `${field} ${message}`);
  throw new TypeError(`overlay.json: ${faults.join("; ")}`);
}

function indexOf(entries: readonly PolicyEntry[]): Policy["index"] {
  const byRule = Map.groupBy(entries, ({ ruleId }) => ruleId);
  return new Map(
    [...byRule].map(([ruleId, list]) => [ruleId, Map.groupBy(list, ({ rule }) => rule)]),
  );
}

const NO_ENTRIES: readonly never[] = [];

/** Returns the entries of a rule that have one kind. */
export function entriesOf<Rule extends PolicyRule>(
  { index }: Policy,
  ruleId: RuleId,
  rule: Rule,
): readonly EntryOf<Rule>[] {
  // the index holds entries of this kind only
  return (index.get(ruleId)?.get(rule) as readonly EntryOf<Rule>[] | undefined) ?? NO_ENTRIES;
}

/** A built-in entry as the data has it, before it is read. */
export interface WrittenEntry {
  readonly ruleId: RuleId;
  readonly rule: string;
  readonly value: Readonly<Record<string, unknown>>;
}

const WRITTEN = new Map<string, unknown>(overlay.entries.map((entry) => [entry.id, entry]));

/** Returns the built-in entry of an id as it is written; undefined if there is none. */
export const writtenEntry = (id: string): WrittenEntry | undefined =>
  // the entries are read and checked by `builtInPolicy`
  WRITTEN.get(id) as WrittenEntry | undefined;
