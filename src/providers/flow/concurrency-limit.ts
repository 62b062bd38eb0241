import type { Message } from "../../domain/deliver/message.ts";
import type { ProviderAnswer } from "../../domain/provider-answer.ts";
import type { Provider } from "../answer/provider.ts";
import { createDestinations, destinationOf, type Destinations } from "./destinations.ts";

/** A provider with a limit on concurrent calls. Messages over the limit, which are claimed already, wait here for a call to end. */
export interface LimitedProvider<M extends Message> {
  readonly provider: Provider<M>;
  readonly destinations: Destinations;
  /**
   * The number of messages that may be claimed at once: one for each call, and behind each call as many as it sends
   * while the next batch becomes large enough and is claimed. Not more, because the outcome of everything that a dead
   * daemon had claimed is unknown.
   */
  readonly claimBudget: () => number;
  /**
   * True while more claimed messages wait here than are sent in the time of a claim. The next claim may then wait for a larger batch.
   */
  readonly hasEnoughClaimed: () => boolean;
}

/** The usual time to claim a batch (ms). */
const CLAIM_MS = 25;
/** The time for which the messages behind the calls last (ms). The claim of the next batch takes CLAIM_MS of it, and the batch grows during the rest. */
const AHEAD_MS = 75;
const MOST_BEHIND_ONE = 9;
/** The weight of the last call in the usual duration of calls. */
const WEIGHT = 0.1;
/** A call counts as at most this many times the usual duration, so that a few that hang do not become the usual. */
const OUTLIER = 4;
/** After this long without a complaint, one more connection is tried. */
const GROW_AFTER_MS = 300_000;

interface Waiting {
  readonly destination: string;
  /** Begins the call and passes it the function to call when the call has ended. */
  readonly enter: (ended: () => void) => void;
}

/** Limits the concurrent calls of a provider to its slots, and further after complaints of the provider about their number. */
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
      slots.limit() * (1 + Math.min(MOST_BEHIND_ONE, Math.ceil(AHEAD_MS / usual.ms()))),
    hasEnoughClaimed: () =>
      waiting.filter(({ destination }) => destinations.hasRoom(destination)).length >
      (slots.limit() * CLAIM_MS) / usual.ms(),
  };
}

interface UsualTime {
  /** The usual duration of a call (ms). */
  readonly ms: () => number;
  readonly took: (ms: number) => void;
}

function createUsualTime(): UsualTime {
  let usualMs = AHEAD_MS;
  return {
    ms: () => usualMs,
    took: (ms) => void (usualMs += WEIGHT * (Math.min(ms, OUTLIER * usualMs) - usualMs)),
  };
}

interface SlotCount {
  taken: number;
  limit(): number;
  isFree(): boolean;
  /** The provider complained about the number of concurrent calls, so the limit falls by one. */
  lower(): void;
}

/**
 * Counts concurrent calls against a limit that falls with each complaint of the provider and rises slowly without one.
 */
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
