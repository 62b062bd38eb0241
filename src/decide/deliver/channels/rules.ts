import type { Contact } from "../../../domain/deliver/contact.ts";
import type { Message } from "../../../domain/deliver/message.ts";
import type { InteractionId } from "../../../domain/ids.ts";
import type { Rendered } from "../../../domain/template/template.ts";

/** A rendered notice with its recipient and sender. */
export interface Draft {
  readonly interactionId: InteractionId;
  /** The id of the first attempt. */
  readonly chainId: string;
  /** As `recipientOf` reads it from the contact's value. */
  readonly to: string;
  /** The contact's name. */
  readonly toName: string | null;
  /** The sender as the channel's settings name it: an address with a name, a number, or a messaging service. */
  readonly from: string;
  readonly language: string;
  readonly parts: Rendered;
  readonly now: Date;
}

export interface Composed {
  readonly message: Message;
  /** The content as the platform's documents shape it for the channel. */
  readonly content: object;
  /** How many segments the message is charged as; null where that does not apply. */
  readonly segments: number | null;
}

/** The content on record, as `Composed` shapes it for one of the channels. */
export type ContentOnRecord = Readonly<
  Partial<Record<"subject" | "bodyText" | "bodyHtml" | "body" | "from" | "to", string | null>>
>;

/** Everything that delivering must know about a channel. */
export interface ChannelRules {
  readonly isEligible: (contact: Contact) => boolean;
  /**
   * The address or number that a message to an eligible contact of this value goes to; null where there is none. A number
   * without a country is one of `homeCountry`.
   */
  readonly recipientOf: (value: string, homeCountry: string) => string | null;
  /** How a value must be written. */
  readonly form: string;
  /** Which contact a person should add where none is eligible. */
  readonly wantedContact: string;
  readonly compose: (draft: Draft) => Composed;
  /** Returns the parts of content on record. */
  readonly partsOf: (content: ContentOnRecord) => Rendered;
  /** Whether its provider can be asked what became of a message. */
  readonly canBeAsked: boolean;
}
