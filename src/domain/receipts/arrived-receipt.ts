import type { InteractionId } from "../ids.ts";
import type { ProviderReceipt } from "./provider-receipt.ts";

/** A receipt as it arrives by a callback, a poll or a mailbox. */
export interface ArrivedReceipt extends Omit<ProviderReceipt, "providerMessageId" | "receivedAt"> {
  /** The source: `twilio`, `smtp`, or the name of a relay. */
  readonly provider: string;
  /**
   * The provider's id of the message, or the Message-ID of an email. Null if a signed address names the interaction: all
   * attempts of a chain have one Message-ID, so it must not decide.
   */
  readonly providerMessageId: string | null;
  /** The interaction, if a signed address or our own question names it. The database finds it by the id otherwise. */
  readonly interactionId: InteractionId | null;
  /** The moment at which it happened, by the provider's clock (UTC); null if the report does not have it. */
  readonly reportedAt: Date | null;
  /** Further fields, without personal data; at most 2,000 bytes as JSON. */
  readonly payload: object | null;
}
