import type { ContactFinding, Limit, ProviderAnswer } from "../provider-answer.ts";
import type { StatusDetails } from "../status-details.ts";

/** The part of our setup that a fault stops. */
export type FaultScope = "account" | "sender";

/** The meaning of one of a provider's codes: a row of its table. */
export interface Meaning {
  readonly kind: Exclude<ProviderAnswer["kind"], "accepted">;
  /** Only for limited; a rate unless the row has another limit. */
  readonly limit?: Limit;
  /** Only for misconfigured; the account unless the row has another scope. */
  readonly scope?: FaultScope;
  readonly statusDetails: StatusDetails;
  readonly short: string;
  /** A sentence that states what to do. */
  readonly long: string;
  readonly finding: ContactFinding | null;
  /** The wait (ms) that the code itself implies. A wait in the reply takes precedence. */
  readonly retryAfterMs?: number;
}
