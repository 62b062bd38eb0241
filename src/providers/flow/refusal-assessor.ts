import type { ChainId, InteractionId } from "../../domain/ids.ts";
import type { Blame, ProviderAnswer } from "../../domain/provider-answer.ts";
import {
  extendStreak,
  isAboutUs,
  NO_REFUSALS,
  type Refusal,
  type RefusalStreak,
  wordsOf,
} from "./refusal-streak.ts";

/** A finished call to the provider. */
export interface AnsweredCall {
  readonly interactionId: InteractionId;
  /** The message's chain: all its attempts. */
  readonly chainId: ChainId;
  readonly recipient: string;
  readonly answer: ProviderAnswer;
}

export interface RefusalAssessor {
  assess(call: AnsweredCall): Promise<AssessedRefusal>;
  /** A message was accepted, so the earlier refusals were about their recipients. */
  clear(): void;
}

export interface AssessedRefusal {
  readonly blame: Blame;
  /** Interactions whose refusals were attributed to their recipients before it was clear that they are about us. */
  readonly misjudged: readonly InteractionId[];
}

interface Pending {
  readonly call: AnsweredCall;
  readonly refusal: Refusal;
  readonly settle: (blame: Blame) => void;
}

/** The number of refusals that are remembered for correction. */
const REMEMBERED = 100;

/**
 * Waits a moment for similar refusals, so that a fault of ours does not permanently fail the first messages of a bulk.
 * Refusals that were attributed to a recipient too early are remembered until a message is accepted.
 */
export function createRefusalAssessor(waitMs: number): RefusalAssessor {
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
    async assess(call) {
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
