import type { RelayEvent } from "../../decide/receipts/bounces/relay-events.ts";
import { interactionOfVerp } from "../../decide/receipts/verp.ts";
import type { ArrivedReceipt } from "../../domain/receipts/arrived-receipt.ts";

/** A signed token decides before the Message-ID, which all attempts of a chain share. Null for an event that names no message. */
export function relayReceiptOf(
  provider: string,
  { rawStatus, enhanced, words, messageId, verpToken }: RelayEvent,
  keys: readonly Buffer[],
): ArrivedReceipt | null {
  const interactionId = verpToken === null ? null : interactionOfVerp(verpToken, keys);
  if (interactionId === null && messageId === null) return null;
  return {
    provider,
    providerMessageId: interactionId === null ? messageId : null,
    interactionId,
    rawStatus,
    code: enhanced,
    qualifier: words,
    reportedAt: null,
    payload: null,
  };
}
