import { applyReceipts, type AppliedReceipts } from "../../tasks/apply_receipts.ts";
import type { Deps } from "../deps.ts";
import type { ReceiptId } from "../domain/ids.ts";
import { reportApplied } from "./events.ts";
import { statementCodeOf } from "../store/postgres/error-code.ts";
import type { Outages } from "../store/postgres/outages.ts";
import { outageCode } from "../store/postgres/retry.ts";
import {
  claimReceipt,
  claimReceipts,
  postponeReceipts,
  type QueuedReceipt,
} from "../store/receipts/receipt-queue.ts";
import { startWorkLoop, type WorkLoop } from "../work-loop.ts";

/** The number of receipts that are applied in one transaction. */
const MOST = 500;
/** The pause before the next look while nothing is due (ms). */
const IDLE_MS = 250;
const LONGEST_PAUSE_MS = 3_000;

/** While one set is read and decided here, the database works on the other. More of them would slow down all other work while many receipts arrive. */
export const APPLIER_CONNECTIONS = 2;

/** Applies receipts as they arrive. It uses APPLIER_CONNECTIONS connections. A stop resolves when the claimed receipts are applied. */
export const startReceiptApplier = (deps: Deps, outages: Outages): WorkLoop =>
  startWorkLoop({
    part: "receipts",
    emit: deps.emit,
    outages,
    failurePause: { firstMs: IDLE_MS, longestMs: LONGEST_PAUSE_MS },
    loops: APPLIER_CONNECTIONS,
    look: async () => ((await applyNext(deps)) > 0 ? 0 : IDLE_MS),
  });

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
