import type { BorrowerId, CaseId, ContactId, InteractionId, LoanId } from "./ids.ts";
import type { SealedContent } from "./sealed-content.ts";
import type { ContactType, Channel, Direction, InteractionStatus, Origin } from "./vocabulary.ts";

/** The contact as it is stored with an interaction, and as REST callers may report it. */
export interface ContactDetails {
  readonly externalId: string | null;
  readonly contactType: ContactType;
  readonly label: string | null;
  readonly affiliation: string | null;
  readonly name: string | null;
  readonly value: string | null;
  readonly address: object | null;
  readonly valid: boolean;
  readonly verified: boolean;
  readonly receiveTextMessages: boolean;
  readonly authorizedThirdParty: boolean;
  readonly powerOfAttorney: boolean;
  readonly receiveTextMessagesLastConsentAt: string | null;
  readonly phoneDisconnectionDetails: object | null;
}

/** A contact of a borrower with all its details. */
export interface StoredContact {
  readonly id: ContactId;
  readonly details: ContactDetails;
}

/** The columns that a logged interaction can have. */
export interface LoggedFields {
  readonly channel: Channel;
  readonly content: object | SealedContent | null;
  readonly contactId: ContactId | null;
  readonly contact: object | null;
  readonly borrower: object | null;
  readonly loanId: LoanId | null;
  readonly loanIds: readonly LoanId[];
  readonly subject: string | null;
  readonly theme: string | null;
  readonly sensitive: boolean;
  readonly externalId: string | null;
  readonly previousInteractionId: InteractionId | null;
  readonly status: InteractionStatus;
  readonly metaData: object | null;
  readonly isTransactional: boolean | null;
  readonly direction: Direction | null;
  readonly statusDetails: string | null;
  readonly startedAt: Date | null;
  readonly endedAt: Date | null;
  readonly scheduledAtFrom: Date | null;
  readonly scheduledAtTo: Date | null;
  readonly failureDescriptionShort: string | null;
  readonly failureDescriptionLong: string | null;
  readonly complianceGuardRuleId: string | null;
}

/** An interaction on record, sent or logged. */
export interface InteractionRecord extends LoggedFields {
  readonly id: InteractionId;
  readonly origin: Origin;
  readonly createdAt: Date;
  readonly updatedAt: Date | null;
  readonly deletedAt: Date | null;
  /** Rows written by SQL may contain any JSON here. */
  readonly createdBy: unknown;
  readonly personId: BorrowerId | null;
  readonly caseId: CaseId | null;
  readonly statusUpdatedAt: Date;
  readonly statusDetailsUpdatedAt: Date | null;
  readonly templateVersionId: string | null;
  readonly supercaseBulkOperationId: string | null;
}
