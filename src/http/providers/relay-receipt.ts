import type { RelayEvent } from "../../decide/receipts/bounces/relay-events.ts";
import { interactionOfVerp } from "../../decide/receipts/verp.ts";
import type { ArrivedReceipt } from "../../domain/receipts/arrived-receipt.ts";
import { recordComplaint } from "../../store/replies/complaints.ts";
import type { HttpDeps } from "../core/deps.ts";

/** A signed token decides before the Message-ID, which all attempts of a chain share. An event of no message of ours is left out. */
export function relayReceiptOf(
  provider: string,
  { rawStatus, enhanced, words, messageId, verpToken }: RelayEvent,
  keys: readonly Buffer[],
): ArrivedReceipt[] {
  const interactionId = verpToken === null ? null : interactionOfVerp(verpToken, keys);
  if (interactionId === null && messageId === null) return [];
  return [
    {
      provider,
      providerMessageId: interactionId === null ? messageId : null,
      interactionId,
      rawStatus,
      code: enhanced,
      qualifier: words,
      reportedAt: null,
      payload: null,
    },
  ];
}

/** Stores receipts, and opts out the address of a message about which its recipient complained. False if they must be sent again. */
export async function keepRelayReceipts(
  { db, emit, callbacks }: HttpDeps,
  receipts: readonly ArrivedReceipt[],
): Promise<boolean> {
  if (!((await callbacks?.keep(receipts)) ?? false)) return false;
  for (const { interactionId, providerMessageId: messageId } of receipts.filter(isComplaint)) {
    const recorded = await recordComplaint(db, { interactionId, messageId });
    if (recorded !== null)
      emit("consent.recorded", { ...recorded, change: "optOut", source: "complaint" });
  }
  return true;
}

const isComplaint = ({ rawStatus }: ArrivedReceipt): boolean => rawStatus === "complaint";
