import type { Blame, ProviderAnswer } from "../../domain/provider-answer.ts";
import {
  extendStreak,
  isAboutUs,
  NO_REFUSALS,
  type Refusal,
  type RefusalStreak,
  wordsOf,
} from "./refusal-streak.ts";

/** A call to the provider that has ended. */
export interface AnsweredCall {
  readonly interactionId: string;
  /** The message's chain: all its attempts. */
  readonly chainId: string;
  readonly recipient: string;
  readonly answer: ProviderAnswer;
}

export interface RefusalJudge {
  judge(call: AnsweredCall): Promise<JudgedRefusal>;
  /** A message was accepted: what was refused until now was refused for itself. */
  clear(): void;
}

export interface JudgedRefusal {
  readonly blame: Blame;
  /** Interactions whose refusals were put down to their recipients before it was clear that they are about us. */
  readonly misjudged: readonly string[];
}

interface Pending {
  readonly call: AnsweredCall;
  readonly refusal: Refusal;
  readonly settle: (blame: Blame) => void;
}

/** How many are remembered to be taken back. */
const REMEMBERED = 100;

/**
 * A refusal waits a moment for others like it, so that the first ones of a bulk are not failed for good by a fault of ours.
 * What was put down to the recipient before others came is remembered until a message is accepted.
 */
export function createRefusalJudge(waitMs: number): RefusalJudge {
  let streak: RefusalStreak = NO_REFUSALS;
  const pending = new Set<Pending>();
  const failed: Pending[] = [];

  function wait(call: AnsweredCall, refusal: Refusal): Promise<Blame> {
    return new Promise((resolve) => {
      const settle = (blame: Blame): void => {
        clearTimeout(timer);
        pending.delete(one);
        resolve(blame);
      };
      const one: Pending = { call, refusal, settle };
      const timer = setTimeout(() => {
        if (failed.length < REMEMBERED && !refusal.namesRecipient) failed.push(one);
        settle("message");
      }, waitMs);
      pending.add(one);
    });
  }

  return {
    async judge(call) {
      const refusal = refusalOf(call);
      streak = extendStreak(streak, refusal);
      if (!isAboutUs(streak, refusal)) return { blame: await wait(call, refusal), misjudged: [] };
      const alike = (one: Pending): boolean => isAboutUs(streak, one.refusal);
      for (const one of [...pending].filter(alike)) one.settle("us");
      const misjudged = failed.filter(alike).map((one) => one.call.interactionId);
      failed.splice(0, failed.length, ...failed.filter((one) => !alike(one)));
      return { blame: "us", misjudged };
    },
    clear() {
      streak = NO_REFUSALS;
      failed.length = 0;
      for (const one of pending) one.settle("message");
    },
  };
}

function refusalOf({ recipient, answer }: AnsweredCall): Refusal {
  return {
    recipient: recipient.toLowerCase(),
    words: wordsOf(answer.evidence),
    namesRecipient: "finding" in answer && answer.finding !== null,
  };
}
