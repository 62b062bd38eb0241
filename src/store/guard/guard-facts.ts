import type { QueryExecutorProvider } from "kysely";
import type { ReadFacts } from "../../domain/guard/facts.ts";
import type { GuardMoment, GuardQuestion } from "../../domain/guard/question.ts";
import type { BorrowerId } from "../../domain/ids.ts";
import { inPipeline } from "../postgres/pipeline.ts";
import type { KnownAbout } from "./borrower-part.ts";
import { sheetsOf } from "./fact-sheet.ts";
import { loadCases } from "./cases.ts";
import { type InteractionRow, loadInteractions } from "./interactions.ts";
import { loadLoans, type LoanRow } from "./loans.ts";
import { type ContactRow, loadBorrowers, loadContacts } from "./people.ts";
import type { Wishes } from "./wish-facts.ts";
import { isUndated, loadValidationNotices, type NoticeRow } from "./validation-notices.ts";
import { isEsignRecorded, loadConsents, loadDoNotInteract, loadPreferences } from "./wishes.ts";
import { type KnownAt, knownAtEndOf } from "./known-values.ts";

/**
 * Loads the facts of a batch of questions, by one statement for each noun, and returns a fact sheet for each key. A
 * sheet that does not fit its schema gives its errors for that key alone; they name fields and quote no value.
 */
export async function loadGuardFacts(
  db: QueryExecutorProvider,
  questions: readonly GuardQuestion[],
  moment: GuardMoment,
): Promise<ReadonlyMap<string, ReadFacts>> {
  const knownAt = moment.known === "then" ? knownAtEndOf(moment.at) : null;
  const [about, esignRecorded] = await inPipeline(db, (pipeline) =>
    Promise.all([
      loadKnown(pipeline, questions, { at: moment.at, knownAt }),
      isEsignRecorded(pipeline, knownAt),
    ]),
  );
  const shared = { country: moment.country, lender: { switches: { esignRecorded } } };
  const sheets = new Map([...about].map(([id, known]) => [id, sheetsOf(known, shared)]));
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

/** The time of the facts, and until when what became known counts; null: until now. */
interface Known {
  readonly at: Date;
  readonly knownAt: KnownAt | null;
}

async function loadKnown(
  db: QueryExecutorProvider,
  questions: readonly GuardQuestion[],
  moment: Known,
): Promise<ReadonlyMap<BorrowerId, KnownAbout>> {
  const { knownAt } = moment;
  const borrowerIds = [...new Set(questions.map(({ borrowerId }) => borrowerId))];
  const loanIds = [...new Set(questions.flatMap(({ message }) => message.loanIds))];
  const [borrowers, { contacts, interactions }, { loans, notices }, cases, wishesOf] =
    await Promise.all([
      loadBorrowers(db, borrowerIds, knownAt),
      loadHistory(db, borrowerIds, moment),
      loadDebts(db, borrowerIds, loanIds, knownAt),
      loadCases(db, borrowerIds, knownAt).then(byBorrower),
      loadWishes(db, borrowerIds, moment),
    ]);
  const loansById = new Map(loans.map((loan) => [loan.id as string, loan]));
  return new Map(
    borrowers.map((borrower) => [
      borrower.id,
      {
        borrower,
        contacts: contacts.get(borrower.id) ?? [],
        interactions: interactions.get(borrower.id) ?? [],
        cases: cases.get(borrower.id) ?? [],
        wishes: wishesOf(borrower.id),
        loans: loansById,
        validationNotices: (notices.get(borrower.id) ?? []).map(({ notice }) => notice),
      },
    ]),
  );
}

type ByBorrower<Row> = ReadonlyMap<BorrowerId, readonly Row[]>;

/** The contacts, and the interactions that rules count. Those with third persons are found by their contacts. */
async function loadHistory(
  db: QueryExecutorProvider,
  borrowerIds: readonly BorrowerId[],
  { at, knownAt }: Known,
): Promise<{ contacts: ByBorrower<ContactRow>; interactions: ByBorrower<InteractionRow> }> {
  const contacts = await loadContacts(db, borrowerIds, knownAt);
  const thirdPersons = contacts
    .filter(({ affiliation }) => affiliation !== "self")
    .map(({ id }) => id);
  const interactions = await loadInteractions(db, { borrowerIds, thirdPersons, at, knownAt });
  return { contacts: byBorrower(contacts), interactions: byBorrower(interactions) };
}

/** The loans, and the validation notices about those whose period follows from them. Other loans cost no statement. */
async function loadDebts(
  db: QueryExecutorProvider,
  borrowerIds: readonly BorrowerId[],
  loanIds: readonly string[],
  knownAt: KnownAt | null,
): Promise<{ loans: readonly LoanRow[]; notices: ByBorrower<NoticeRow> }> {
  const loans = await loadLoans(db, borrowerIds, loanIds, knownAt);
  const undated = loans.filter(isUndated).map(({ id }) => id);
  const notices = await loadValidationNotices(db, borrowerIds, undated, knownAt);
  return { loans, notices: byBorrower(notices) };
}

async function loadWishes(
  db: QueryExecutorProvider,
  borrowerIds: readonly BorrowerId[],
  { at, knownAt }: Known,
): Promise<(id: BorrowerId) => Wishes> {
  const [doNotInteract, preferences, consents] = await Promise.all([
    loadDoNotInteract(db, borrowerIds, knownAt).then(byBorrower),
    loadPreferences(db, borrowerIds, knownAt).then(byBorrower),
    loadConsents(db, borrowerIds, at, knownAt).then(byBorrower),
  ]);
  return (id) => ({
    doNotInteract: doNotInteract.get(id) ?? [],
    preferences: preferences.get(id) ?? [],
    consents: consents.get(id) ?? [],
  });
}

const byBorrower = <Row extends { readonly borrowerId: BorrowerId }>(
  rows: readonly Row[],
): ByBorrower<Row> => Map.groupBy(rows, ({ borrowerId }) => borrowerId);
