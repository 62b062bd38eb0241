import type { AppliedMessage, AppliedReceipts } from "../../tasks/apply_receipts.ts";
import type { Emit } from "../domain/events.ts";
import type { StatusDetails } from "../domain/status-details.ts";

/** Reports applied receipts: one event per message, and one for those that are put aside. */
export function reportApplied(emit: Emit, { applied, putAside }: AppliedReceipts): void {
  for (const one of applied) reportMessage(emit, one);
  for (const [reason, lost] of Map.groupBy(putAside, (one) => one.reason)) {
    const [first] = lost;
    if (first === undefined) continue;
    emit("receipts.putAside", {
      reason,
      receipts: lost.length,
      firstReceiptId: first.receiptId,
    });
  }
}

function reportMessage(emit: Emit, { message, result, arrived }: AppliedMessage): void {
  const { interactionId, channel } = message;
  const { move, alerts, oddities } = result;
  emit("receipts.applied", {
    interactionId,
    channel,
    receipts: arrived,
    moved: move !== null,
    status: move?.status ?? message.status,
    // the tables of the providers have no other details, and the record keeps what others have written
    statusDetails: (move?.statusDetails ?? message.statusDetails ?? "none") as StatusDetails,
    oddities: oddities.length,
  });
  for (const alert of alerts) emit("outcome.reversed", { interactionId, channel, alert });
}
