import type { Contact } from "../../../domain/deliver/contact.ts";
import type { PassOverReason } from "../../../domain/passed-over.ts";
import type { Message } from "../../../domain/deliver/message.ts";
import type { InteractionId } from "../../../domain/ids.ts";
import type { ContactType } from "../../../domain/vocabulary.ts";
import type { Rendered } from "../../../domain/template/template.ts";

/** A rendered notice with its recipient and sender. */
export interface Draft {
  readonly interactionId: InteractionId;
  /** The part of the Message-ID before the @. Channels other than email ignore it. */
  readonly messageIdLocalPart: string;
  /** The recipient, as `recipientOf` reads it from the contact's value. */
  readonly to: string;
  /** The contact's name. */
  readonly toName: string | null;
  /** The configured sender: an address with a name, a number, or a messaging service. */
  readonly from: string;
  readonly language: string;
  readonly parts: Rendered;
  /** The value of the header List-Unsubscribe; null for a message without one. Channels other than email ignore it. */
  readonly listUnsubscribe: string | null;
  readonly now: Date;
}

export interface Composed {
  readonly message: Message;
  /** The content in the form that the platform documents for the channel. */
  readonly content: object;
  /** The number of segments that are charged; null for channels without segments. */
  readonly segments: number | null;
}

/** The content on record, in the form that `Composed` gives it for one of the channels. */
export type ContentOnRecord = Readonly<
  Partial<
    Record<
      | "subject"
      | "bodyText"
      | "bodyHtml"
      | "body"
      | "from"
      | "to"
      | "listUnsubscribe"
      | "messageId",
      string | null
    >
  >
>;

/** The delivery rules of a channel. */
export interface ChannelRules {
  /** The type of the contacts that its messages go to. */
  readonly contactType: ContactType;
  /** The reason why a contact in use of that type gets no message of this channel; null if it may get one. */
  readonly objectionTo: (contact: Contact) => PassOverReason | null;
  /** True if an opt-out ends every message of the channel, and not only those about collection and advertising. */
  readonly optOutIsTotal: boolean;
  /**
   * The address or number for a contact with this value; null if the value has none. A number without a country is one
   * of `homeCountry`.
   */
  readonly recipientOf: (value: string, homeCountry: string) => string | null;
  /** The form of a valid value. */
  readonly form: string;
  /** The contact that a person should add if none is eligible. */
  readonly wantedContact: string;
  readonly compose: (draft: Draft) => Composed;
  /** Returns the parts of content on record. */
  readonly partsOf: (content: ContentOnRecord) => Rendered;
  /** True if its provider can be asked later about a message. */
  readonly hasLookup: boolean;
}
