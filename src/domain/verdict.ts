import type { Contact } from "./contact.ts";

/** Why something does not go out: which rule, a label, and a sentence that tells what to do. */
export interface Reason {
  readonly ruleId: string;
  readonly short: string;
  readonly long: string;
}

/** What judging says of one interaction at the moment it would leave. */
export type Verdict =
  | { readonly kind: "send"; readonly contact: Contact }
  | { readonly kind: "wait"; readonly until: Date; readonly reason: Reason }
  | { readonly kind: "refuse"; readonly status: "failed" | "canceled"; readonly reason: Reason };
