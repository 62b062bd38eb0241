import { type ReadFacts, readFacts } from "../../domain/guard/facts.ts";
import type { GuardMoment, GuardQuestion } from "../../domain/guard/question.ts";
import type { BorrowerId } from "../../domain/ids.ts";
import type { Db } from "../postgres/db.ts";
import { type KnownAbout, sheetOf } from "./fact-sheet.ts";
import { loadInteractions } from "./interactions.ts";
import { loadLoans } from "./loans.ts";
import { loadBorrowers, loadContacts } from "./people.ts";

/**
 * Loads the facts of a batch of questions, by one statement for each noun, and returns a fact sheet for each key. A
 * sheet that does not fit its schema gives its errors for that key alone; they name fields and quote no value.
 */
export async function loadGuardFacts(
  db: Db,
  questions: readonly GuardQuestion[],
  moment: GuardMoment,
): Promise<ReadonlyMap<string, ReadFacts>> {
  const about = await loadKnown(db, questions, moment);
  return new Map(
    questions.map((question) => {
      const known = about.get(question.borrowerId);
      const facts = known === undefined ? NO_BORROWER : readFacts(sheetOf(question, known, moment));
      return [question.key, facts];
    }),
  );
}

const NO_BORROWER: ReadFacts = {
  kind: "invalid",
  errors: [{ field: "facts.borrower", message: "is not known: there is no row of this borrower" }],
};

async function loadKnown(
  db: Db,
  questions: readonly GuardQuestion[],
  { at }: GuardMoment,
): Promise<ReadonlyMap<BorrowerId, KnownAbout>> {
  const borrowerIds = [...new Set(questions.map(({ borrowerId }) => borrowerId))];
  const loanIds = [...new Set(questions.flatMap(({ message }) => message.loanIds))];
  const borrowers = await loadBorrowers(db, borrowerIds);
  const contacts = await loadContacts(db, borrowerIds);
  const thirdPersons = contacts.filter(({ affiliation }) => affiliation !== "self");
  const interactions = await loadInteractions(
    db,
    borrowerIds,
    thirdPersons.map(({ id }) => id),
    at,
  );
  const interactionsOf = byBorrower(interactions);
  const contactsOf = byBorrower(contacts);
  const loans = await loadLoans(db, borrowerIds, loanIds);
  const loansById = new Map(loans.map((loan) => [loan.id as string, loan]));
  return new Map(
    borrowers.map((borrower) => [
      borrower.id,
      {
        borrower,
        contacts: contactsOf.get(borrower.id) ?? [],
        interactions: interactionsOf.get(borrower.id) ?? [],
        loans: loansById,
      },
    ]),
  );
}

const byBorrower = <Row extends { readonly borrowerId: BorrowerId }>(
  rows: readonly Row[],
): ReadonlyMap<BorrowerId, readonly Row[]> => Map.groupBy(rows, ({ borrowerId }) => borrowerId);
