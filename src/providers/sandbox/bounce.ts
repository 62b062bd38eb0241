import type { Receipt } from "../../domain/receipts/receipt.ts";
import { evidenceOf } from "../answer/code-meaning.ts";
import { readSmtpFailure } from "../smtp/answer.ts";

/** So long after it was taken a mail bounces. */
const BOUNCES_AFTER_MS = 1_000;

/** Tells later what another mail server would: that the mail it was handed came back. */
export function bounceLater(interactionId: string, onReceipt: (receipt: Receipt) => void): void {
  const bounced = Object.assign(new Error(), {
    responseCode: 550,
    response: "550 5.1.1 No such mailbox there",
  });
  const { meaning, seen } = readSmtpFailure(bounced, true);
  const { statusDetails, short, long, finding } = meaning;
  const startedAt = performance.now();
  const tell = (): void => {
    const evidence = evidenceOf({ provider: "sandbox", startedAt, personal: [] }, seen);
    onReceipt({ interactionId, status: "failed", statusDetails, short, long, finding, evidence });
  };
  setTimeout(tell, BOUNCES_AFTER_MS).unref();
}
