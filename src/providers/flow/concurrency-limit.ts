import type { Message } from "../../domain/message.ts";
import type { Provider } from "../answer/provider.ts";

/** A provider with no more than its slots of calls under way: the others wait their turn here, claimed and ready. */
export interface Limited<M extends Message> {
  readonly provider: Provider<M>;
  /**
   * How many to claim at once: those under way, and behind each as many as are sent while another set is claimed, so that
   * a free connection has its next message at once. No more, because what a dead daemon had claimed is on record as unknown.
   */
  readonly ahead: () => number;
}

/** To claim a set, and to record it, takes about so long. */
const CLAIM_MS = 25;
const MOST_BEHIND_ONE = 9;
/** How much the last call counts in what calls usually take. */
const WEIGHT = 0.1;

export function limitCalls<M extends Message>(provider: Provider<M>): Limited<M> {
  const waiting: (() => void)[] = [];
  let free = provider.slots;
  let usualMs = CLAIM_MS;
  const enter = async (): Promise<void> => {
    if (free > 0) free -= 1;
    else await new Promise<void>((entered) => waiting.push(entered));
  };
  const leave = (since: number): void => {
    usualMs += WEIGHT * (performance.now() - since - usualMs);
    const next = waiting.shift();
    if (next) next();
    else free += 1;
  };
  return {
    provider: {
      ...provider,
      async send(message) {
        await enter();
        const since = performance.now();
        return provider.send(message).finally(() => leave(since));
      },
    },
    ahead: () => provider.slots * (1 + Math.min(MOST_BEHIND_ONE, Math.ceil(CLAIM_MS / usualMs))),
  };
}
