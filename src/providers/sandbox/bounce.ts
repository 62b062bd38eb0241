import type { InteractionId } from "../../domain/ids.ts";
import type { ArrivedReceipt } from "../../domain/receipts/arrived-receipt.ts";

/** The delay between acceptance and the bounce of an email. */
const BOUNCES_AFTER_MS = 1_000;

/** Reports a bounce later, as another mail server would after it accepted an email. */
export function bounceLater(
  interactionId: InteractionId,
  onReceipt: (receipt: ArrivedReceipt) => void,
): void {
  const report = (): void =>
    onReceipt({
      provider: "smtp",
      providerMessageId: null,
      interactionId,
      rawStatus: "failed",
      code: "5.1.1",
      qualifier: "550 5.1.1 No such mailbox there",
      reportedAt: null,
      payload: null,
    });
  setTimeout(report, BOUNCES_AFTER_MS).unref();
}
