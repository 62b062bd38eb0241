import type { Emit } from "../../domain/events.ts";

/**
 * Reports each outage of the database once when it begins and once when it ends, however many statements it affects.
 */
export interface Outages {
  /**
   * Notes that a statement waits for the database. Returns the function to call when it waits no longer, with false if it was
   * given up while the database was still away.
   */
  begin(waitingFor: string, code: string): (isBack?: boolean) => void;
  /** True if any statement waits now. */
  lasts(): boolean;
}

/**
 * A deadlock or a lock timeout rolled the statement back: the database is available, and the statement is run again.
 */
const ROLLED_BACK = /^(?:40[0-9A-Z]{3}|55P03)$/;

/** An outage lasts from the first waiting statement until none waits. */
export function trackOutages(emit: Emit): Outages {
  let waiting = 0;
  let since = 0;
  const end = (isBack: boolean): void => {
    waiting -= 1;
    if (waiting === 0 && isBack)
      emit("database.restored", { afterMs: Math.round(performance.now() - since) });
  };
  return {
    lasts: () => waiting > 0,
    begin(waitingFor, code) {
      if (ROLLED_BACK.test(code)) {
        emit("statement.rolledBack", { code, waitingFor });
        return () => {};
      }
      if (waiting === 0) {
        since = performance.now();
        emit("database.lost", { code, waitingFor });
      }
      waiting += 1;
      let ended = false;
      return (isBack = true) => {
        if (!ended) end(isBack);
        ended = true;
      };
    },
  };
}
