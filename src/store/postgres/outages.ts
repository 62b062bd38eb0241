import type { Emit } from "../../domain/events.ts";

/** Reports each outage of the database once when it begins and once when it is over, however many statements meet it. */
export interface Outages {
  /** Notes that something waits for the database. Returns what to call when it waits no longer. */
  begin(waitingFor: string, code: string): () => void;
  /** Whether anything waits now. */
  lasts(): boolean;
}

/** Rolled back by a deadlock or without a lock in time: the database is there, and the statement only runs again. */
const ROLLED_BACK = /^(?:40[0-9A-Z]{3}|55P03)$/;

/** An outage lasts from the first statement that waits until none does. */
export function trackOutages(emit: Emit): Outages {
  let waiting = 0;
  let since = 0;
  const end = (): void => {
    waiting -= 1;
    if (waiting === 0)
      emit("database.reachable", { afterMs: Math.round(performance.now() - since) });
  };
  return {
    lasts: () => waiting > 0,
    begin(waitingFor, code) {
      if (ROLLED_BACK.test(code)) {
        emit("database.rolledBack", { code, waitingFor });
        return () => {};
      }
      if (waiting === 0) {
        since = performance.now();
        emit("database.unreachable", { code, waitingFor });
      }
      waiting += 1;
      let ended = false;
      return () => {
        if (!ended) end();
        ended = true;
      };
    },
  };
}
