import { setTimeout as sleep } from "node:timers/promises";
import { applyReceipts, type AppliedReceipts } from "../../tasks/apply_receipts.ts";
import type { Deps } from "../deps.ts";
import type { ReceiptId } from "../domain/ids.ts";
import { reportApplied } from "./events.ts";
import { statementCodeOf } from "../store/postgres/error-code.ts";
import { createPartOutage, type Outages } from "../store/postgres/outages.ts";
import { outageCode } from "../store/postgres/retry.ts";
import {
  claimReceipt,
  claimReceipts,
  postponeReceipts,
  type QueuedReceipt,
} from "../store/receipts/receipt-queue.ts";

/** The number of receipts that are applied in one transaction. */
const MOST = 500;
/** The pause before the next look while nothing is due (ms). */
const IDLE_MS = 250;
const LONGEST_PAUSE_MS = 3_000;

export interface ReceiptApplier {
  /** Claims no more receipts, and resolves when the claimed ones are applied. */
  stop(): Promise<void>;
}

/** While one set is read and decided here, the database works on the other. More of them would slow down all other work while many receipts arrive. */
export const APPLIER_CONNECTIONS = 2;

/** Applies receipts as they arrive. It uses APPLIER_CONNECTIONS connections. */
export function startReceiptApplier(deps: Deps, outages: Outages): ReceiptApplier {
  const stopped = new AbortController();
  const outage = createPartOutage(outages, "receipts");

  /** Resolves to the pause before the next look (ms). */
  const lookOnce = async (pauseMs: number): Promise<number> => {
    try {
      const claimed = await applyNext(deps);
      outage.succeeded();
      return claimed > 0 ? 0 : IDLE_MS;
    } catch (error) {
      if (outage.failed(error) === undefined)
        deps.emit("maintenance.failed", { part: "receipts", code: statementCodeOf(error) });
      return Math.min(Math.max(pauseMs * 2, IDLE_MS), LONGEST_PAUSE_MS);
    }
  };

  const loop = async (): Promise<void> => {
    let pauseMs = 0;
    while (!stopped.signal.aborted) {
      pauseMs = await lookOnce(pauseMs);
      if (pauseMs > 0) await sleep(pauseMs, undefined, { signal: stopped.signal }).catch(() => {});
    }
  };
  const done = Promise.all(Array.from({ length: APPLIER_CONNECTIONS }, () => loop()));
  return {
    stop: async () => {
      stopped.abort();
      await done;
    },
  };
}

/** Applies receipts until none is due. */
export async function applyWaiting(deps: Deps): Promise<void> {
  while ((await applyNext(deps)) > 0);
}

/** Claims and applies receipts in one transaction and returns their number. */
async function applyNext(deps: Deps): Promise<number> {
  let queued: QueuedReceipt[] = [];
  try {
    await applyClaimed(deps, async (transaction) => {
      queued = await claimReceipts(transaction, MOST);
      return queued;
    });
  } catch (error) {
    if (queued.length === 0 || outageCode(error) !== undefined) throw error;
    for (const { receiptId } of queued) await applyAlone(deps, receiptId);
  }
  return queued.length;
}

/** Applies one receipt of a batch that failed. A receipt that cannot be applied is put off, and does not delay the others. */
async function applyAlone(deps: Deps, receiptId: ReceiptId): Promise<void> {
  try {
    await applyClaimed(deps, async (transaction) => {
      const claimed = await claimReceipt(transaction, receiptId);
      return claimed === undefined ? [] : [claimed];
    });
  } catch (error) {
    if (outageCode(error) !== undefined) throw error;
    const code = statementCodeOf(error);
    await postponeReceipts(deps.db, [{ receiptId, code }]);
    deps.emit("receipt.notApplied", { receiptId, code });
  }
}

async function applyClaimed(
  deps: Deps,
  claim: (transaction: Deps["db"]) => Promise<readonly QueuedReceipt[]>,
): Promise<void> {
  const none: AppliedReceipts = { applied: [], putAside: [], postponed: 0 };
  const result = await deps.db.transaction().execute(async (transaction) => {
    const claimed = await claim(transaction);
    return claimed.length === 0 ? none : await applyReceipts(transaction, claimed);
  });
  reportApplied(deps.emit, result);
}
