import type { Compared, Fate, FateByRule } from "../../domain/simulate/replay.ts";

/** The numbers of messages with a fate: on record, and in the simulation. */
export interface FateCount {
  readonly done: number;
  readonly would: number;
}

/** One kind of difference, with the first messages that show it. */
export interface Difference {
  readonly done: FateByRule;
  readonly would: FateByRule;
  readonly count: number;
  readonly examples: readonly Compared[];
}

/** The comparison of a period. */
export interface Tally {
  readonly messages: number;
  readonly same: number;
  readonly fates: Readonly<Partial<Record<Fate, FateCount>>>;
  /** By `fate ruleId`. */
  readonly rules: ReadonlyMap<string, FateByRule & FateCount>;
  readonly differences: readonly Difference[];
}

const MOST_EXAMPLES = 3;

interface Kind {
  count: number;
  readonly done: FateByRule;
  readonly would: FateByRule;
  readonly examples: Compared[];
}

/** Collects comparisons. Only the first messages of each kind of difference are kept. */
export function createTally(): { add(compared: Compared): void; read(): Tally } {
  let messages = 0;
  let same = 0;
  const fates = new Map<Fate, { done: number; would: number }>();
  const rules = new Map<string, FateByRule & { done: number; would: number }>();
  const kinds = new Map<string, Kind>();
  const count = (by: FateByRule, column: "done" | "would"): void => {
    const fate = fates.get(by.fate) ?? { done: 0, would: 0 };
    fate[column] += 1;
    fates.set(by.fate, fate);
    if (by.ruleId === null) return;
    const key = `${by.fate} ${by.ruleId}`;
    const rule = rules.get(key) ?? { fate: by.fate, ruleId: by.ruleId, done: 0, would: 0 };
    rule[column] += 1;
    rules.set(key, rule);
  };
  return {
    add(compared) {
      const { done } = compared.replayed;
      const { fate, ruleId } = compared.would;
      messages += 1;
      count(done, "done");
      count({ fate, ruleId }, "would");
      if (done.fate === fate && (fate === "sent" || done.ruleId === ruleId)) same += 1;
      else addDifference(kinds, compared);
    },
    read: () => ({
      messages,
      same,
      fates: Object.fromEntries(fates),
      rules,
      differences: [...kinds.values()].toSorted((one, other) => other.count - one.count),
    }),
  };
}

function addDifference(kinds: Map<string, Kind>, compared: Compared): void {
  const { done } = compared.replayed;
  const { fate, ruleId } = compared.would;
  const key = `${done.fate} ${done.ruleId} ${fate} ${ruleId}`;
  const kind = kinds.get(key) ?? { count: 0, done, would: { fate, ruleId }, examples: [] };
  kind.count += 1;
  if (kind.examples.length < MOST_EXAMPLES) kind.examples.push(compared);
  kinds.set(key, kind);
}
