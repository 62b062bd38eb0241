import type { ContactStatus, ContactType } from "./vocabulary.ts";

/** An address, number or postal address of a borrower, as the lender keeps it. */
export interface Contact {
  readonly id: string;
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
}
