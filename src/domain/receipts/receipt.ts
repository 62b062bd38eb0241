import type { InteractionId } from "../ids.ts";
import type { ContactFinding, Evidence } from "../provider-answer.ts";
import type { StatusDetails } from "../status-details.ts";

/** A later report about an accepted message, such as a bounce. */
export interface Receipt {
  readonly interactionId: InteractionId;
  readonly status: "succeeded" | "failed";
  readonly statusDetails: StatusDetails;
  /** A label, and a sentence that states what to do; null unless failed. */
  readonly short: string | null;
  readonly long: string | null;
  readonly finding: ContactFinding | null;
  readonly evidence: Evidence;
}
