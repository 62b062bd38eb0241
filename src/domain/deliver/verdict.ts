import type { Contact } from "./contact.ts";
import type { PassedOver } from "../passed-over.ts";
import type { DeliveryRuleId } from "../delivery-rules.ts";

/** The reason why an interaction is not sent: the rule, a label, and a sentence that states what to do. */
export interface Reason {
  readonly ruleId: DeliveryRuleId;
  readonly short: string;
  readonly long: string;
}

/** The verdict on one interaction at the time it is due. */
export type Verdict =
  | {
      readonly kind: "send";
      readonly contact: Contact;
      /** The address or number of the recipient, in the form that providers accept. */
      readonly to: string;
      /** The contacts that would have been preferred. */
      readonly passedOver: readonly PassedOver[];
    }
  | { readonly kind: "hold"; readonly reason: Reason }
  | { readonly kind: "wait"; readonly until: Date; readonly reason: Reason }
  | { readonly kind: "refuse"; readonly status: "failed" | "canceled"; readonly reason: Reason };
