import type { GuardMoment, GuardQuestion } from "../../domain/guard/question.ts";
import {
  factsOfParts,
  type Part,
  readBorrowerPart,
  readHistoryPart,
  readLoanPart,
} from "../../domain/guard/fact-parts.ts";
import type { GuardLoan, ReadFacts } from "../../domain/guard/facts.ts";
import { caseOf } from "./case-facts.ts";
import type { CaseRow } from "./cases.ts";
import { contactOf } from "./contact-facts.ts";
import { historyOf, inboundOf, itemOf } from "./history.ts";
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

/**
 * Returns how the fact sheet of a question about this borrower is read. It reads once the part that all questions share, because a borrower
 * may have thousands of interactions and many notices in a batch.
 */
export function sheetsOf(
  about: KnownAbout,
  moment: GuardMoment,
): (question: GuardQuestion) => ReadFacts {
  const borrower = readBorrowerPart(sharedOf(about, moment));
  const history = about.interactions.map((row) => ({ row, part: readHistoryPart(itemOf(row)) }));
  const loanIds = new Set(about.interactions.flatMap((row) => row.loanIds));
  const readLoans = loanReader(about);
  return (question) =>
    factsOfParts({
      message: question.message,
      rendered: question.rendered,
      borrower,
      loans: readLoans(new Set([...question.message.loanIds, ...loanIds])),
      history: historyOf(question, history),
    });
}

function sharedOf(about: KnownAbout, { country, lender }: GuardMoment): object {
  const { borrower, contacts, interactions, wishes, cases } = about;
  return withoutUnknown({
    borrower: borrowerOf(borrower),
    contacts: Object.fromEntries(
      contacts.map((row) => [row.id, contactOf(row, interactions, country)]),
    ),
    cases: cases.map(caseOf),
    preferences: preferencesOf(borrower, wishes),
    consents: consentsOf(wishes),
    inbound: inboundOf(interactions),
    lender,
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

/** Returns the loans with these ids that are known; each is read once. */
function loanReader({
  loans,
}: KnownAbout): (ids: Iterable<string>) => Map<string, Part<GuardLoan>> {
  const read = new Map<string, Part<GuardLoan>>();
  const readOnce = (row: LoanRow): Part<GuardLoan> => {
    const part = read.get(row.id) ?? readLoanPart(loanOf(row));
    read.set(row.id, part);
    return part;
  };
  return (ids) =>
    new Map(
      [...ids].flatMap((id) => {
        const row = loans.get(id);
        return row === undefined ? [] : [[id, readOnce(row)] as const];
      }),
    );
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
