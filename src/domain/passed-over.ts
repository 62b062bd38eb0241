import type { ContactId } from "./ids.ts";

/** The reason why a contact of the right type gets no message, with the words that complete "it was passed over, because". */
export const PASS_OVER_REASONS = {
  notOwn: "it is not the borrower's own (affiliation is not self)",
  notValid: "it is not valid",
  archived: "it is archived",
  notPersonal: "its label is not personal",
  receivesNoTexts: "it does not receive text messages",
  replyUnread: "its reply may be an opt-out and waits for a person",
  optedOut: "it has opted out of such messages",
  valueUnusable: "its value cannot be sent to",
} as const;

export type PassOverReason = keyof typeof PASS_OVER_REASONS;

/** A contact that would have been preferred, and why it was not chosen. */
export interface PassedOver {
  readonly contactId: ContactId;
  readonly why: PassOverReason;
}

/** The sentence about a contact that was passed over. */
export const passedOverInWords = ({ contactId, why }: PassedOver): string =>
  `Contact ${contactId} was passed over, because ${PASS_OVER_REASONS[why]}.`;
