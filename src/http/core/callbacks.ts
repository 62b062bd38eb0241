import type { ArrivedReceipt } from "../../domain/receipts/arrived-receipt.ts";

/** A form that claims to come from a provider. */
export interface CallbackForm {
  /** Empty if there is none. */
  readonly signature: string;
  /** The public URL of the request, with its query as it was received. */
  readonly url: string;
  readonly form: URLSearchParams;
}

/** The doors for callbacks of providers. */
export interface Callbacks {
  /** Undefined if texts are not carried. */
  readonly isOfTwilio: ((form: CallbackForm) => boolean) | undefined;
  /** Resolves to true once receipts are durable; to false at once if too many wait. */
  readonly keep: (receipts: readonly ArrivedReceipt[]) => Promise<boolean>;
}
