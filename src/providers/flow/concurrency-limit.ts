import type { Message } from "../../domain/deliver/message.ts";
import type { ProviderAnswer } from "../../domain/provider-answer.ts";
import type { Provider } from "../answer/provider.ts";
import { createDestinations, destinationOf, type Destinations } from "./destinations.ts";

/** A provider with a bound on the calls at once: the other messages wait their turn here, claimed and ready. */
export interface LimitedProvider<M extends Message> {
  readonly provider: Provider<M>;
  readonly destinations: Destinations;
  /**
   * How many messages may be claimed at once: those of the calls, and behind each as many as are sent while another set is
   * claimed, so that a free connection has its next message at once. No more, because the outcome of what a dead daemon had
   * claimed is unknown.
   */
  readonly claimBudget: () => number;
}

/** To claim a set, and to record it, takes about so long. */
const CLAIM_MS = 25;
const MOST_BEHIND_ONE = 9;
/** How much the last call counts in what calls usually take. */
const WEIGHT = 0.1;
/** A call counts as at most so many times the usual, so that a few that hang do not become the usual. */
const OUTLIER = 4;
/** After so long without a complaint, one connection more is tried. */
const GROW_AFTER_MS = 300_000;

interface Waiting {
  readonly destination: string;
  /** Begins the call; what it is given is to be called when the call has ended. */
  readonly enter: (ended: () => void) => void;
}

export function limitConcurrency<M extends Message>(provider: Provider<M>): LimitedProvider<M> {
  const slots = createSlotCount(provider.slots);
  const usual = createUsualTime();
  const destinations = createDestinations(() => slots.limit(), usual.ms);
  const waiting: Waiting[] = [];

  function startNext(): void {
    while (slots.isFree()) {
      const next = waiting.findIndex(({ destination }) => destinations.hasRoom(destination));
      if (next === -1) return;
      for (const { destination, enter } of waiting.splice(next, 1)) {
        slots.taken += 1;
        enter(destinations.begin(destination));
      }
    }
  }

  const enter = (destination: string): Promise<() => void> =>
    new Promise((resolve) => {
      waiting.push({ destination, enter: resolve });
      startNext();
    });

  async function send(message: M): Promise<ProviderAnswer> {
    const ended = await enter(destinationOf(message));
    const since = performance.now();
    try {
      const answer = await provider.send(message);
      if (answer.kind === "limited" && answer.limit === "connections") slots.lower();
      return answer;
    } finally {
      ended();
      usual.took(performance.now() - since);
      slots.taken -= 1;
      startNext();
    }
  }

  return {
    provider: { ...provider, send },
    destinations,
    claimBudget: () =>
      slots.limit() * (1 + Math.min(MOST_BEHIND_ONE, Math.ceil(CLAIM_MS / usual.ms()))),
  };
}

interface UsualTime {
  /** How long a call usually takes. */
  readonly ms: () => number;
  readonly took: (ms: number) => void;
}

function createUsualTime(): UsualTime {
  let usualMs = CLAIM_MS;
  return {
    ms: () => usualMs,
    took: (ms) => void (usualMs += WEIGHT * (Math.min(ms, OUTLIER * usualMs) - usualMs)),
  };
}

interface SlotCount {
  taken: number;
  limit(): number;
  isFree(): boolean;
  /** The provider complained of the calls at once: there were one too many. */
  lower(): void;
}

/** Counts calls at once against a limit that falls with each complaint of the provider, and rises slowly without one. */
function createSlotCount(most: number): SlotCount {
  let current = most;
  let changedAt = 0;
  const count: SlotCount = {
    taken: 0,
    limit() {
      const now = performance.now();
      if (current < most && now - changedAt > GROW_AFTER_MS) {
        current += 1;
        changedAt = now;
      }
      return current;
    },
    isFree: () => count.taken < count.limit(),
    lower() {
      current = Math.max(1, Math.min(current, count.taken) - 1);
      changedAt = performance.now();
    },
  };
  return count;
}
