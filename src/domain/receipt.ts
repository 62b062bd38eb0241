import type { ContactFinding, Evidence } from "./provider-answer.ts";

/** What is told of a message after its provider took it, such as a bounce. */
export interface Receipt {
  readonly interactionId: string;
  readonly status: "succeeded" | "failed";
  readonly statusDetails: string;
  /** A label and a sentence that tells what to do; null unless failed. */
  readonly short: string | null;
  readonly long: string | null;
  readonly finding: ContactFinding | null;
  readonly evidence: Evidence;
}
