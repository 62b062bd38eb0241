import type { ContactFinding, Limit, ProviderAnswer } from "../provider-answer.ts";

/** What of ours a fault stops. */
export type FaultScope = "account" | "sender";

/** The meaning of one of a provider's codes: a row of its table. */
export interface Meaning {
  readonly kind: Exclude<ProviderAnswer["kind"], "accepted">;
  /** Only for limited; a rate unless the row says otherwise. */
  readonly limit?: Limit;
  /** Only for misconfigured; the account unless the row says otherwise. */
  readonly scope?: FaultScope;
  readonly statusDetails: string;
  readonly short: string;
  /** A sentence that says what to do. */
  readonly long: string;
  readonly finding: ContactFinding | null;
  /** How long to wait, where the code itself tells; the wire's own word goes first. */
  readonly retryAfterMs?: number;
}
