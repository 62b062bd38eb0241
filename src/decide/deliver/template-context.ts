import { readPhoneNumber } from "../../domain/values/phone-number.ts";
import type { Contact } from "../../domain/deliver/contact.ts";
import type { Borrower, FactSheet, Loan } from "../../domain/deliver/fact-sheet.ts";
import type { Lender } from "../../domain/lender.ts";
import type { TemplateContext } from "../../domain/template/context.ts";

/** The subject of a notice. */
export interface Matter extends Pick<FactSheet, "borrower" | "loans" | "case"> {
  readonly notificationType: Pick<FactSheet["notificationType"], "id" | "name">;
}

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
): TemplateContext {
  const { id, contactType, label, name } = contact;
  const loans = facts.loans.map(loanOf);
  const { country: _country, languages: _languages, ...shownLender } = lender;
  return {
    lender: shownLender,
    borrower: borrowerOf(facts.borrower),
    loan: loans[0],
    loans,
    case: facts.case,
    contact: { id, contactType, label, name, value: valueOf(contact, lender) },
    notificationType: { id: facts.notificationType.id, name: facts.notificationType.name },
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
