import type { ContactId } from "../ids.ts";
import type { ContactStatus, ContactType } from "../vocabulary.ts";

/** An email address, phone number or postal address of a borrower, as the lender stores it. */
export interface Contact {
  readonly id: ContactId;
  readonly externalId: string | null;
  readonly contactType: ContactType;
  readonly label: string | null;
  readonly affiliation: string;
  readonly status: ContactStatus;
  readonly name: string | null;
  readonly value: string | null;
  readonly valid: boolean;
  readonly verified: boolean;
  readonly receiveTextMessages: boolean;
  /** The opt-out from messages about collection, and from advertising (ISO times). */
  readonly optedOutAt: string | null;
  readonly marketingOptedOutAt: string | null;
  /** True if a reply from it may be an opt-out and no person has read it yet. */
  readonly replyUnread: boolean;
}
