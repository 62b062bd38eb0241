import { setTimeout as sleep } from "node:timers/promises";
import type { Emit } from "./domain/events.ts";
import { statementCodeOf } from "./store/postgres/error-code.ts";
import { createPartOutage, type Outages } from "./store/postgres/outages.ts";

export interface WorkLoop {
  /** Begins no new look, and resolves when the running ones have ended. */
  stop(): Promise<void>;
}

interface WorkLoopOptions {
  /** The name of the loop in the log. */
  readonly part: string;
  readonly emit: Emit;
  readonly outages: Outages;
  /** Does the work that is due, and resolves to the pause before the next look (ms). */
  readonly look: (stopped: AbortSignal) => Promise<number>;
  /** The pause after a look that failed (ms). It doubles with each failure. */
  readonly failurePause: { readonly firstMs: number; readonly longestMs: number };
  /** The number of loops that look at the same time. */
  readonly loops?: number;
}

/** Looks for work until it is stopped. A failed look is reported, once for an outage of the database, and repeated after a pause. */
export function startWorkLoop(options: WorkLoopOptions): WorkLoop {
  const { part, emit, outages, look, failurePause, loops = 1 } = options;
  const stopped = new AbortController();
  const { signal } = stopped;
  const outage = createPartOutage(outages, part);

  const pauseAfter = async (lastPauseMs: number): Promise<number> => {
    try {
      const pauseMs = await look(signal);
      outage.succeeded();
      return pauseMs;
    } catch (error) {
      if (outage.failed(error) === undefined)
        emit("maintenance.failed", { part, code: statementCodeOf(error) });
      return Math.min(Math.max(lastPauseMs * 2, failurePause.firstMs), failurePause.longestMs);
    }
  };

  const loop = async (): Promise<void> => {
    let pauseMs = 0;
    while (!signal.aborted) {
      pauseMs = await pauseAfter(pauseMs);
      if (pauseMs > 0) await sleep(pauseMs, undefined, { signal }).catch(() => {});
    }
  };
  const ended = Promise.all(Array.from({ length: loops }, loop));
  return {
    stop: async () => {
      stopped.abort();
      await ended;
    },
  };
}
