import { isDeepStrictEqual } from "node:util";
import type { InteractionId } from "../../domain/ids.ts";
import {
  readReceipts,
  type ReceiptContext,
  type ReceiptResult,
  type ReceiptState,
} from "./apply-receipts.ts";
import type { ReceiptTable } from "./table.ts";

/** A message with its stored receipts. */
export interface StoredReceipts {
  readonly interactionId: InteractionId;
  readonly state: ReceiptState;
  readonly context: ReceiptContext;
}

/** A message that another table reads differently. */
export interface Difference {
  readonly interactionId: InteractionId;
  readonly before: ReceiptResult;
  readonly after: ReceiptResult;
}

/** Compares two tables on stored receipts. It changes neither interactions nor contacts. */
export function compareTables(
  before: ReceiptTable,
  after: ReceiptTable,
  kept: readonly StoredReceipts[],
): Difference[] {
  return kept
    .map(({ interactionId, state, context }) => ({
      interactionId,
      before: readReceipts(before, state, context),
      after: readReceipts(after, state, context),
    }))
    .filter((one) => !isDeepStrictEqual(one.before, one.after));
}
