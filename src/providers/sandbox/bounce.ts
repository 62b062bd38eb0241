import type { InteractionId } from "../../domain/ids.ts";
import type { Receipt } from "../../domain/receipts/receipt.ts";
import { evidenceOf } from "../answer/code-meaning.ts";
import { readSmtpFailure } from "../smtp/answer.ts";

/** The delay between acceptance and the bounce of an email. */
const BOUNCES_AFTER_MS = 1_000;

/** Reports a bounce later, as another mail server would after it accepted an email. */
export function bounceLater(
  interactionId: InteractionId,
  onReceipt: (receipt: Receipt) => void,
): void {
  const bounced = Object.assign(new Error(), {
    responseCode: 550,
    response: "550 5.1.1 No such mailbox there",
  });
  const { meaning, seen } = readSmtpFailure(bounced, true);
  const { statusDetails, short, long, finding } = meaning;
  const startedAt = performance.now();
  const report = (): void => {
    const evidence = evidenceOf({ provider: "sandbox", startedAt, personal: [] }, seen);
    onReceipt({ interactionId, status: "failed", statusDetails, short, long, finding, evidence });
  };
  setTimeout(report, BOUNCES_AFTER_MS).unref();
}
