import type { GuardQuestion } from "../../domain/guard/question.ts";
import {
  factsOfParts,
  type Part,
  partOf,
  readHistoryPart,
  readLoanPart,
} from "../../domain/guard/fact-parts.ts";
import type { GuardLoan, HistoryItem, ReadFacts } from "../../domain/guard/facts.ts";
import { borrowerPartOf, type KnownAbout, type SharedByBatch } from "./borrower-part.ts";
import { historyOf, itemOf } from "./history.ts";
import type { InteractionRow } from "./interactions.ts";
import { instantsOf, withoutUnknown } from "./known-values.ts";
import type { LoanRow } from "./loans.ts";
import { plainItem, plainLoan } from "./plain-facts.ts";

/**
 * Returns a function that reads the fact sheet of a question about this borrower. The part that all questions share is read once, because
 * a borrower may have thousands of interactions and many notices in a batch.
 */
export function sheetsOf(
  about: KnownAbout,
  shared: SharedByBatch,
): (question: GuardQuestion) => ReadFacts {
  const borrower = borrowerPartOf(about, shared);
  const history = about.interactions.map((row) => ({ row, part: historyPartOf(row) }));
  const loanIds = new Set(about.interactions.flatMap((row) => row.loanIds));
  const readLoans = loanReader(about);
  const { validationNotices } = about;
  return (question) => {
    const read = factsOfParts({
      message: question.message,
      rendered: question.rendered,
      borrower,
      loans: readLoans(new Set([...question.message.loanIds, ...loanIds])),
      history: historyOf(question, history),
    });
    const isWhole = read.kind === "invalid" || validationNotices.length === 0;
    return isWhole ? read : { ...read, validationNotices };
  };
}

function historyPartOf(row: InteractionRow): Part<HistoryItem> {
  const item = plainItem(row);
  return item === undefined ? readHistoryPart(itemOf(row)) : partOf(item);
}

/** Returns the loans with these ids that are known; each is read once. */
function loanReader({
  loans,
}: KnownAbout): (ids: Iterable<string>) => Map<string, Part<GuardLoan>> {
  const read = new Map<string, Part<GuardLoan>>();
  const readOnce = (row: LoanRow): Part<GuardLoan> => {
    const part = read.get(row.id) ?? loanPartOf(row);
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

function loanPartOf(row: LoanRow): Part<GuardLoan> {
  const known = plainLoan(row);
  return known === undefined ? readLoanPart(loanOf(row)) : partOf(known);
}

/** Writes a loan as a fact sheet has it. */
export function loanOf(row: LoanRow): object {
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
