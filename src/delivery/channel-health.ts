import type { CallCount, ChannelState } from "../domain/channel-state.ts";
import type { ProviderAnswer } from "../domain/provider-answer.ts";
import type { Assessment } from "../providers/flow/circuit-breaker.ts";

/** The state of a channel as the answers of its provider show it, and the number of answers in the last minutes. */
export interface ChannelHealth {
  /** Returns the change of the condition; undefined if the answer does not change it. */
  note(
    answer: ProviderAnswer,
    changedTo: Assessment["changedTo"],
    now: Date,
  ): ConditionChange | undefined;
  read(now: Date): Omit<ChannelState, "channel" | "provider">;
}

export interface ConditionChange {
  readonly condition: ChannelState["condition"];
  /** The time at which the condition before began (ISO 8601); null if the channel worked. */
  readonly since: string | null;
}

/** This many calls in a row without a sign that the provider works are not a coincidence. */
const FAILING_AFTER = 3;

interface Trouble {
  readonly since: Date;
  readonly why: string;
  readonly words: string | null;
  readonly failures: number;
}

export function createChannelHealth(): ChannelHealth {
  const counts = createCounts();
  let trouble: Trouble | undefined;
  let isStopped = false;

  return {
    note(answer, changedTo, now) {
      const before = describe(trouble, isStopped);
      counts.add(now, answer.kind === "accepted");
      if (changedTo !== null) isStopped = changedTo === "open";
      if (changedTo === "closed" || (!isStopped && showsThatItWorks(answer))) trouble = undefined;
      else if (isStopped || isFailure(answer)) trouble = extend(trouble, answer, now);
      const { condition } = describe(trouble, isStopped);
      return condition === before.condition ? undefined : { condition, since: before.since };
    },
    read: (now) => ({
      ...describe(trouble, isStopped),
      lastMinute: counts.within(now, 60_000),
      lastFiveMinutes: counts.within(now, 300_000),
    }),
  };
}

/** True for an acceptance, and for a refusal that is about one message. */
const showsThatItWorks = ({ kind }: ProviderAnswer): boolean =>
  kind === "accepted" || kind === "refused";

/** True for a temporary failure that names no contact as its cause, and if there was no answer. */
const isFailure = (answer: ProviderAnswer): boolean =>
  answer.kind === "unknown" || (answer.kind === "unavailable" && answer.finding === null);

const extend = (before: Trouble | undefined, answer: ProviderAnswer, now: Date): Trouble => ({
  since: before?.since ?? now,
  why: meaningOf(answer),
  words: wordsOf(answer),
  failures: (before?.failures ?? 0) + 1,
});

function meaningOf(answer: ProviderAnswer): string {
  if ("short" in answer) return answer.short;
  return answer.kind === "limited" ? "Limit of the account reached" : "Outcome unknown";
}

function wordsOf({ evidence: { code, enhancedCode, text } }: ProviderAnswer): string | null {
  const words = [code, enhancedCode, text].filter((part) => part !== undefined).join(" ");
  return words === "" ? null : words;
}

type Described = Pick<ChannelState, "condition" | "since" | "why" | "words" | "failures">;

const WORKS: Described = { condition: "works", since: null, why: null, words: null, failures: 0 };

function describe(trouble: Trouble | undefined, isStopped: boolean): Described {
  if (trouble === undefined || (!isStopped && trouble.failures < FAILING_AFTER)) return WORKS;
  const condition = isStopped ? "stopped" : "failing";
  return { ...trouble, since: trouble.since.toISOString(), condition };
}

interface Counts {
  add(now: Date, isAccepted: boolean): void;
  within(now: Date, ms: number): CallCount;
}

/** Answers are counted in parts of this length (ms). */
const PART_MS = 5_000;
const KEPT_PARTS = 61;

/** Counts answers by time, in a fixed amount of memory. */
function createCounts(): Counts {
  const parts = new Map<number, { answered: number; accepted: number }>();
  const partOf = (ms: number): number => Math.floor(ms / PART_MS);
  return {
    add(now, isAccepted) {
      const place = partOf(now.getTime());
      const part = parts.get(place) ?? { answered: 0, accepted: 0 };
      part.answered += 1;
      if (isAccepted) part.accepted += 1;
      parts.set(place, part);
      for (const old of parts.keys()) if (old <= place - KEPT_PARTS) parts.delete(old);
    },
    within(now, ms) {
      const first = partOf(now.getTime() - ms);
      const counted = [...parts].flatMap(([place, part]) => (place > first ? [part] : []));
      return {
        answered: counted.reduce((sum, { answered }) => sum + answered, 0),
        accepted: counted.reduce((sum, { accepted }) => sum + accepted, 0),
      };
    },
  };
}
