import type { ReadFacts } from "../../domain/guard/facts.ts";
import type { GuardMoment, GuardQuestion } from "../../domain/guard/question.ts";
import type { BorrowerId } from "../../domain/ids.ts";
import type { Db } from "../postgres/db.ts";
import type { KnownAbout } from "./borrower-part.ts";
import { sheetsOf } from "./fact-sheet.ts";
import { loadCases } from "./cases.ts";
import { loadInteractions } from "./interactions.ts";
import { loadLoans } from "./loans.ts";
import { loadBorrowers, loadContacts } from "./people.ts";
import type { Wishes } from "./wish-facts.ts";
import { isEsignRecorded, loadConsents, loadDoNotInteract, loadPreferences } from "./wishes.ts";
import { type KnownAt, knownAtEndOf } from "./known-values.ts";

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
  const esignRecorded = await isEsignRecorded(
    db,
    moment.known === "then" ? knownAtEndOf(moment.at) : null,
  );
  const lender = {
    ...moment.lender,
    switches: { esignRecorded, ...moment.lender?.switches },
  };
  const sheets = new Map(
    [...about].map(([id, known]) => [id, sheetsOf(known, { ...moment, lender })]),
  );
  return new Map(
    questions.map((question) => [
      question.key,
      sheets.get(question.borrowerId)?.(question) ?? NO_BORROWER,
    ]),
  );
}

const NO_BORROWER: ReadFacts = {
  kind: "invalid",
  errors: [{ field: "facts.borrower", message: "is not known: there is no row of this borrower" }],
};

async function loadKnown(
  db: Db,
  questions: readonly GuardQuestion[],
  { at, known }: GuardMoment,
): Promise<ReadonlyMap<BorrowerId, KnownAbout>> {
  const borrowerIds = [...new Set(questions.map(({ borrowerId }) => borrowerId))];
  const loanIds = [...new Set(questions.flatMap(({ message }) => message.loanIds))];
  const knownAt = known === "then" ? knownAtEndOf(at) : null;
  const borrowers = await loadBorrowers(db, borrowerIds, knownAt);
  const contacts = await loadContacts(db, borrowerIds, knownAt);
  const thirdPersons = contacts
    .filter(({ affiliation }) => affiliation !== "self")
    .map(({ id }) => id);
  const interactions = byBorrower(
    await loadInteractions(db, { borrowerIds, thirdPersons, at, knownAt }),
  );
  const loans = await loadLoans(db, borrowerIds, loanIds, knownAt);
  const loansById = new Map(loans.map((loan) => [loan.id as string, loan]));
  const cases = byBorrower(await loadCases(db, borrowerIds, knownAt));
  const wishesOf = await loadWishes(db, borrowerIds, at, knownAt);
  const contactsOf = byBorrower(contacts);
  return new Map(
    borrowers.map((borrower) => [
      borrower.id,
      {
        borrower,
        contacts: contactsOf.get(borrower.id) ?? [],
        interactions: interactions.get(borrower.id) ?? [],
        cases: cases.get(borrower.id) ?? [],
        wishes: wishesOf(borrower.id),
        loans: loansById,
      },
    ]),
  );
}

async function loadWishes(
  db: Db,
  borrowerIds: readonly BorrowerId[],
  at: Date,
  knownAt: KnownAt | null,
): Promise<(id: BorrowerId) => Wishes> {
  const doNotInteract = byBorrower(await loadDoNotInteract(db, borrowerIds, knownAt));
  const preferences = byBorrower(await loadPreferences(db, borrowerIds, knownAt));
  const consents = byBorrower(await loadConsents(db, borrowerIds, at, knownAt));
  return (id) => ({
    doNotInteract: doNotInteract.get(id) ?? [],
    preferences: preferences.get(id) ?? [],
    consents: consents.get(id) ?? [],
  });
}

const byBorrower = <Row extends { readonly borrowerId: BorrowerId }>(
  rows: readonly Row[],
): ReadonlyMap<BorrowerId, readonly Row[]> => Map.groupBy(rows, ({ borrowerId }) => borrowerId);
