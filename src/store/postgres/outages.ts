import type { Emit } from "../../domain/events.ts";
import { outageCode } from "./retry.ts";

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
  /** The number of outages that have begun. */
  count(): number;
}

/**
 * A deadlock or a lock timeout rolled the statement back: the database is available, and the statement is run again.
 */
const ROLLED_BACK = /^(?:40[0-9A-Z]{3}|55P03)$/;

/** An outage of the database that has ended. */
export interface EndedOutage {
  readonly code: string;
  readonly lastedMs: number;
}

/** The outages that one part of the daemon notices while it repeats its work. */
export interface PartOutage {
  /** Notes a failed try. Returns the code if it failed by an outage, and undefined for every other error. */
  failed(error: unknown): string | undefined;
  /** Ends the outage. */
  succeeded(): void;
}

/** Creates the record of a part. Its outage lasts from the first try that fails by it until the next success. */
export function createPartOutage(outages: Outages, part: string): PartOutage {
  let over: (() => void) | undefined;
  return {
    failed(error) {
      const code = outageCode(error);
      if (code !== undefined) over ??= outages.begin(part, code);
      return code;
    },
    succeeded() {
      over?.();
      over = undefined;
    },
  };
}

/** An outage lasts from the first waiting statement until none waits. `onEnd` is called once the database is back. */
export function trackOutages(emit: Emit, onEnd: (ended: EndedOutage) => void = () => {}): Outages {
  let waiting = 0;
  let since = 0;
  let firstCode = "";
  let count = 0;
  const end = (isBack: boolean): void => {
    waiting -= 1;
    if (waiting > 0 || !isBack) return;
    const lastedMs = Math.round(performance.now() - since);
    emit("database.restored", { afterMs: lastedMs });
    onEnd({ code: firstCode, lastedMs });
  };
  return {
    lasts: () => waiting > 0,
    count: () => count,
    begin(waitingFor, code) {
      if (ROLLED_BACK.test(code)) {
        emit("statement.rolledBack", { code, waitingFor });
        return () => {};
      }
      if (waiting === 0) {
        since = performance.now();
        firstCode = code;
        count += 1;
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
