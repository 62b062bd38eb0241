import { readPhoneNumber } from "../../domain/values/phone-number.ts";
import type { Contact } from "../../domain/deliver/contact.ts";
import type { Borrower, DueType, FactSheet, Loan } from "../../domain/deliver/fact-sheet.ts";
import type { Lender } from "../../domain/lender.ts";
import type { TemplateContext } from "../../domain/template/context.ts";

/** The subject of a notice. */
export interface Matter extends Pick<FactSheet, "borrower" | "loans" | "case"> {
  readonly notificationType: Pick<DueType, "id" | "name"> | null;
}

/** The variables of a message. A confirmation has no case and no type, so rendering refuses a template that names them. */
export type MessageContext = Omit<TemplateContext, "case" | "notificationType"> &
  Partial<Pick<TemplateContext, "case" | "notificationType">>;

/** The time of rendering, and the link of this message; null without a public address. */
export interface Rendering {
  readonly now: Date;
  readonly optOutUrl: string | null;
}

/** Returns the variables that a template may use, and no others. */
export function contextOf(
  facts: Matter,
  contact: Contact,
  lender: Lender,
  { now, optOutUrl }: Rendering,
): MessageContext {
  const { id, contactType, label, name } = contact;
  const { notificationType: type } = facts;
  const loans = facts.loans.map(loanOf);
  const { country: _country, languages: _languages, ...shownLender } = lender;
  return {
    lender: shownLender,
    borrower: borrowerOf(facts.borrower),
    loan: loans[0],
    loans,
    ...(facts.case !== null && { case: facts.case }),
    contact: { id, contactType, label, name, value: valueOf(contact, lender) },
    ...(type !== null && { notificationType: { id: type.id, name: type.name } }),
    ...(optOutUrl !== null && { optOutUrl }),
    now: now.toISOString(),
  };
}

/** A number gets its country here, so the helper that writes it does not need a default country. */
function valueOf({ contactType, value }: Contact, { country }: Lender): string | null {
  if (contactType !== "phone" || value === null) return value;
  return readPhoneNumber(value, country) ?? value;
}

function borrowerOf(borrower: Borrower): TemplateContext["borrower"] {
  const { id, externalId, displayId, borrowerType, status, name, language, timeZone, metaData } =
    borrower;
  return { id, externalId, displayId, borrowerType, status, name, language, timeZone, metaData };
}

function loanOf({
  id,
  externalId,
  displayId,
  loanTypeId,
  data,
}: Loan): TemplateContext["loans"][0] {
  return { id, externalId, displayId, loanTypeId, data };
}
