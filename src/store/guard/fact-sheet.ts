import type { GuardMoment, GuardQuestion } from "../../domain/guard/question.ts";
import { caseOf } from "./case-facts.ts";
import type { CaseRow } from "./cases.ts";
import { contactOf } from "./contact-facts.ts";
import { historyOf, inboundOf } from "./history.ts";
import type { InteractionRow } from "./interactions.ts";
import { instantOf, instantsOf, pick, withoutUnknown } from "./known-values.ts";
import type { LoanRow } from "./loans.ts";
import type { BorrowerRow, ContactRow } from "./people.ts";
import { consentsOf, preferencesOf, type Wishes } from "./wish-facts.ts";

/** Everything that was loaded about one borrower. */
export interface KnownAbout {
  readonly borrower: BorrowerRow;
  readonly contacts: readonly ContactRow[];
  readonly interactions: readonly InteractionRow[];
  readonly cases: readonly CaseRow[];
  readonly wishes: Wishes;
  /** Loans of the borrower, and those of the batch's messages. */
  readonly loans: ReadonlyMap<string, LoanRow>;
}

/** Writes the fact sheet of a question as JSON. `readFacts` checks it. */
export function sheetOf(question: GuardQuestion, about: KnownAbout, moment: GuardMoment): unknown {
  const { message, rendered } = question;
  const { borrower, contacts, interactions, wishes } = about;
  return withoutUnknown({
    message,
    borrower: borrowerOf(borrower),
    contacts: Object.fromEntries(
      contacts.map((row) => [row.id, contactOf(row, interactions, moment.country)]),
    ),
    loans: loansOf(question, about),
    cases: about.cases.map(caseOf),
    preferences: preferencesOf(borrower, wishes),
    consents: consentsOf(wishes),
    history: historyOf(question, interactions),
    inbound: inboundOf(interactions),
    rendered,
    lender: moment.lender,
  });
}

/** A zone counts as evidence only if the borrower reported it. */
function borrowerOf(row: BorrowerRow): object {
  return withoutUnknown({
    ...pick(row, ["collectionsIntensity", "isMinor", "establishedBusinessRelationship"]),
    toldTimeZone: row.timeZoneReportedByBorrower === true ? row.timeZone : null,
    attorney: attorneyOf(row),
  });
}

function attorneyOf(row: BorrowerRow): object | null {
  const { attorneyKnownSince, attorneyContactId: contactId } = row;
  if (attorneyKnownSince === null) return null;
  return withoutUnknown({
    contactId,
    knownSince: instantOf(attorneyKnownSince),
    ...instantsOf({
      unresponsiveSince: row.attorneyUnresponsiveSince,
      consentedAt: row.attorneyConsentedAt,
    }),
  });
}

/** The loans of the message and those of the history, by id. */
function loansOf({ message }: GuardQuestion, { interactions, loans }: KnownAbout): object {
  const ids = new Set([...message.loanIds, ...interactions.flatMap(({ loanIds }) => loanIds)]);
  const known = [...ids].flatMap((id) => loans.get(id) ?? []);
  return Object.fromEntries(known.map((row) => [row.id, loanOf(row)]));
}

function loanOf(row: LoanRow): object {
  const {
    id: _,
    initialCommunicationAt,
    stateNoticeMailedAt,
    negativeInfoFurnishedAt,
    ...values
  } = row;
  const times = { initialCommunicationAt, stateNoticeMailedAt, negativeInfoFurnishedAt };
  return { ...withoutUnknown(values), ...instantsOf(times) };
}
