import type { Contact } from "../../../domain/contact.ts";
import type { Message } from "../../../domain/message.ts";
import type { Rendered } from "../../../domain/template/template.ts";

/** A rendered notice with its recipient and sender. */
export interface Draft {
  readonly interactionId: string;
  /** The id of the first attempt. */
  readonly chainId: string;
  readonly contact: Pick<Contact, "value" | "name">;
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
  /** Whether the value of an eligible contact is one that a message can be sent to. */
  readonly isReachable: (value: string) => boolean;
  /** Which contact a person should add where none is eligible. */
  readonly wantedContact: string;
  readonly compose: (draft: Draft) => Composed;
  /** Returns the parts of content on record. */
  readonly partsOf: (content: ContentOnRecord) => Rendered;
  /** Whether its provider can be asked what became of a message. */
  readonly canBeAsked: boolean;
}
