import type { Relays } from "../../domain/receipts/relay.ts";
import type { SnsReading } from "../../domain/receipts/sns-reading.ts";
import type { ArrivedReceipt } from "../../domain/receipts/arrived-receipt.ts";

/** A form that claims to come from a provider. */
export interface CallbackForm {
  /** Empty if there is none. */
  readonly signature: string;
  /** The public URL of the request, with its query as it was received. */
  readonly url: string;
  readonly form: URLSearchParams;
}

/** A text of a borrower, as a provider delivers it. */
export interface ArrivedText {
  readonly channel: "text";
  readonly provider: string;
  readonly providerMessageId: string;
  readonly from: string;
  readonly to: string;
  readonly text: string;
  readonly isTollFree: boolean;
  /** True if the provider answers it by itself. */
  readonly providerReplied: boolean;
}

/** The endpoint for notifications of Amazon SES. */
export interface SnsEndpoint {
  readonly read: (body: unknown) => Promise<SnsReading>;
  /** Confirms a subscription. */
  readonly confirm: (subscribeUrl: string) => Promise<unknown>;
}

/** The endpoints for callbacks of providers. */
export interface Callbacks {
  /** Undefined if texts are not carried. */
  readonly isOfTwilio: ((form: CallbackForm) => boolean) | undefined;
  /** False if Twilio's own answers to keywords are turned off. Absent: true. */
  readonly twilioAnswersKeywords?: boolean;
  /** Undefined if no topic of Amazon SNS is configured. */
  readonly sns?: SnsEndpoint | undefined;
  /** The webhooks of relays, by their names. */
  readonly relays?: Relays;
  /** Resolves once the text and its effects are durable; to false if the text is on record already. */
  readonly takeText?: (text: ArrivedText) => Promise<boolean>;
  /** Resolves to true once receipts are durable; to false at once if too many wait. */
  readonly keep: (receipts: readonly ArrivedReceipt[]) => Promise<boolean>;
}
