import type { FieldError } from "../../../domain/guard/fields.ts";
import {
  type PolicyChanges,
  type PolicyEntry,
  readPolicyChanges,
} from "../../../domain/guard/policy.ts";
import type { PolicyChange, PolicyRecord } from "../../../domain/guard/policy-record.ts";
import {
  type Policy,
  policyWith,
  type UnreadableChange,
  type WrittenEntry,
  writtenEntry,
} from "./policy.ts";

/** The policy of one moment. */
export interface PolicyInForce {
  /** The newest change that was known. */
  readonly version: number;
  readonly policy: Policy;
  readonly unreadable: readonly UnreadableChange[];
  /** The change in force of each rule and entry that is not as built in. */
  readonly changes: readonly PolicyChange[];
}

/**
 * Returns the policy under which a message is judged at `now`. A change without `effectiveFrom` is in force as soon as it
 * is read, whatever the two clocks say. With `version` it is the policy of a judgement that knew the changes up to it.
 */
export function policyNow(
  record: PolicyRecord,
  now: Date,
  version = record.version,
): PolicyInForce {
  const begun = record.changes.filter(
    (change) =>
      change.version <= version && (change.effectiveFrom === null || change.effectiveFrom <= now),
  );
  return compile(record, version, begun);
}

/** Returns the policy as it was at a moment of the past, or will be if nothing else changes. */
export function policyAt(record: PolicyRecord, at: Date): PolicyInForce {
  const begun = record.changes.filter((change) => beginOf(change) <= at);
  return compile(record, Math.max(0, ...begun.map(({ version }) => version)), begun);
}

const beginOf = ({ effectiveFrom, changedAt }: PolicyChange): Date => effectiveFrom ?? changedAt;

const remembered = new WeakMap<PolicyRecord, Map<string, PolicyInForce>>();

/** The same changes of the same record are compiled once, because every message is judged under them. */
function compile(
  record: PolicyRecord,
  version: number,
  begun: readonly PolicyChange[],
): PolicyInForce {
  const known = remembered.get(record) ?? new Map<string, PolicyInForce>();
  remembered.set(record, known);
  const key = `${version}:${begun.map((change) => change.version).join(",")}`;
  const compiled = known.get(key) ?? { version, ...compileChanges(newestOf(begun)) };
  known.set(key, compiled);
  return compiled;
}

/** The newest change of each rule and each entry. */
function newestOf(begun: readonly PolicyChange[]): readonly PolicyChange[] {
  const inOrder = begun.toSorted(
    (one, other) =>
      beginOf(one).getTime() - beginOf(other).getTime() || one.version - other.version,
  );
  const subjectOf = ({ entryId, ruleId }: PolicyChange): string =>
    entryId === null ? `rule ${ruleId}` : `entry ${entryId}`;
  return [...new Map(inOrder.map((change) => [subjectOf(change), change])).values()];
}

function compileChanges(newest: readonly PolicyChange[]): Omit<PolicyInForce, "version"> {
  const changes = newest.filter(({ change }) => change !== "on" && change !== "reset");
  const { unreadable, ...given } = asChanges(changes);
  return { policy: policyWith(given, unreadable), unreadable, changes };
}

interface ReadChanges extends PolicyChanges {
  readonly unreadable: readonly UnreadableChange[];
}

function asChanges(changes: readonly PolicyChange[]): ReadChanges {
  const stricter = changes.flatMap(({ ruleId, outcome }) =>
    outcome === null ? [] : [[ruleId, outcome] as const],
  );
  const read = changes.filter(({ entryId }) => entryId !== null).map(readEntry);
  return {
    off: changes.filter(({ change }) => change === "off").map(({ ruleId }) => ruleId),
    stricter: Object.fromEntries(stricter),
    entries: read.filter((one): one is PolicyEntry => "applies" in one),
    unreadable: read.filter((one): one is UnreadableChange => "errors" in one),
  };
}

/** Completes an entry by the built-in one of its id, and reads it. */
function readEntry({
  entryId,
  ruleId,
  version,
  entry: members,
}: PolicyChange): PolicyEntry | UnreadableChange {
  const id = entryId ?? "";
  const builtIn = writtenEntry(id);
  const whole = completed(members, builtIn);
  const fail = (...errors: readonly FieldError[]): UnreadableChange => ({
    version,
    ruleId: builtIn?.ruleId ?? ruleId,
    channels: channelsOf(whole.value),
    errors,
  });
  if (builtIn !== undefined && builtIn.ruleId !== ruleId)
    return fail({ field: "rule_id", message: `must be ${builtIn.ruleId}, the rule of ${id}` });
  const read = readPolicyChanges({ entries: [{ ...whole, id, ruleId }] });
  if (read.kind === "invalid") return fail(...read.errors.map(asColumn));
  const [entry] = read.changes.entries;
  return entry ?? fail();
}

type Members = Readonly<Record<string, unknown>>;

/** The policy in force with further changes, or the errors of the changes. */
export type ReadPlan =
  | { readonly kind: "policy"; readonly policy: Policy }
  | { readonly kind: "invalid"; readonly errors: readonly FieldError[] };

/**
 * Returns the policy that would be in force after further changes: `{"off", "stricter", "on", "entries"}`. The members that an entry
 * leaves out are taken from the built-in entry with its id.
 */
export function planPolicy({ changes, unreadable }: PolicyInForce, input: unknown): ReadPlan {
  const { on = [], ...planned } = asMembers(input);
  const whole = {
    ...planned,
    ...(Array.isArray(planned["entries"]) && { entries: planned["entries"].map(completedEntry) }),
  };
  const read = readPolicyChanges(whole);
  const isList = Array.isArray(on);
  if (read.kind === "invalid" || !isList)
    return {
      kind: "invalid",
      errors: [
        ...(read.kind === "invalid" ? read.errors : []),
        ...(isList ? [] : [{ field: "policy.on", message: "must be a list" }]),
      ],
    };
  const { off, stricter, entries } = read.changes;
  const again = new Set<unknown>(on);
  const inForce = asChanges(
    changes.filter(({ ruleId, entryId }) => entryId !== null || !again.has(ruleId)),
  );
  return {
    kind: "policy",
    policy: policyWith(
      {
        off: [...inForce.off, ...off],
        stricter: { ...inForce.stricter, ...stricter },
        entries: [...inForce.entries, ...entries],
      },
      unreadable,
    ),
  };
}

function completedEntry(entry: unknown): unknown {
  const members = asMembers(entry);
  return { ...completed(members, writtenEntry(String(members["id"]))), id: members["id"] };
}

/** Completes an entry with the members of the built-in one that it leaves out. */
function completed(
  members: Members,
  builtIn: WrittenEntry | undefined,
): Members & { value: Members } {
  const { from, until, ...others } = members;
  const sameKind = builtIn !== undefined && (members["rule"] ?? builtIn.rule) === builtIn.rule;
  return {
    ...(builtIn ?? { from: null, until: null }),
    ...others,
    ...(from !== undefined && { from: dayOf(from) }),
    ...(until !== undefined && { until: dayOf(until) }),
    value: {
      ...(sameKind ? without(builtIn.value, members["value"]) : {}),
      ...asMembers(members["value"]),
    },
  };
}

const asMembers = (value: unknown): Members =>
  typeof value === "object" && value !== null ? { ...value } : {};

/** A cap counts days or hours, so one replaces the other. */
function without(value: Members, change: unknown): Members {
  const { days: _, hours: __, ...others } = value;
  const changed = asMembers(change);
  if ("days" in changed || "hours" in changed) return others;
  return value;
}

/** Reads a day. Postgres writes a date without a limit as `infinity`. */
const dayOf = (written: unknown): unknown =>
  written === "infinity" || written === "-infinity" ? null : written;

function channelsOf(value: Members): readonly string[] | undefined {
  const channels = value["channels"];
  return Array.isArray(channels) && channels.length > 0 ? channels.map(String) : undefined;
}

const COLUMNS: Readonly<Record<string, string>> = {
  from: "from_day",
  until: "until_day",
  when: "conditions",
  id: "entry_id",
};

/** Names the column, such as value.max, in the place of the path. */
function asColumn({ field, message }: FieldError): FieldError {
  const [first = "value", ...rest] = field.split(".").slice("policy.entries.0".split(".").length);
  return { field: [COLUMNS[first] ?? first, ...rest].join("."), message };
}
