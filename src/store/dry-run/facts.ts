import { sql } from "kysely";
import type { DryRunFacts, TypeRules } from "../../domain/dry-run/arrival.ts";
import type { CaseChange } from "../../domain/resolve/case-change.ts";
import type { BorrowerId } from "../../domain/ids.ts";
import type { Contact } from "../../domain/deliver/contact.ts";
import type { Borrower, Loan } from "../../domain/deliver/fact-sheet.ts";
import type { Db } from "../postgres/db.ts";
import { BORROWER_JSON } from "../postgres/borrower-json.ts";
import { CONTACTS_JSON } from "../deliver/fact-json.ts";

/**
 * Loads the facts that delivery would load for notices of these changes, which need not be stored. They equal those of
 * `loadFactSheets`; a test compares them. Missing rows are omitted.
 */
export async function loadDryRunFacts(
  db: Db,
  changes: readonly Pick<CaseChange, "caseTypeId" | "borrowerId" | "loanIds">[],
): Promise<DryRunFacts> {
  const caseTypes = await loadCaseTypes(db, [...new Set(changes.map((one) => one.caseTypeId))]);
  const people = await loadPeople(
    db,
    changes.map((one) => one.borrowerId),
  );
  const loans = await loadLoans(db, [...new Set(changes.flatMap((one) => one.loanIds))]);
  const rules = await loadTypeRules(db);
  return {
    caseTypeNames: new Map(caseTypes.map(({ id, name }) => [id, name])),
    people,
    loans: new Map(loans.map((loan) => [loan.id, loan])),
    rules: new Map(rules.map((one) => [one.id, one])),
  };
}

async function loadCaseTypes(
  db: Db,
  ids: readonly string[],
): Promise<{ readonly id: string; readonly name: string }[]> {
  return await db
    .selectFrom("caseTypes")
    .select(["id", "name"])
    .where("id", "=", sql<string>`any(${ids})`)
    .execute();
}

export interface Person {
  readonly borrower: Borrower;
  readonly contacts: readonly Contact[];
}

/** Loads borrowers with their contacts, by id. */
export async function loadPeople(
  db: Db,
  ids: readonly BorrowerId[],
): Promise<ReadonlyMap<BorrowerId, Person>> {
  if (ids.length === 0) return new Map();
  const { rows } = await sql<Person>`
    select ${BORROWER_JSON} as borrower, ${CONTACTS_JSON} as contacts
    from tidings.borrowers b
    where b.id = any(${[...new Set(ids)]}::text[])
  `.execute(db);
  return new Map(rows.map((person) => [person.borrower.id, person]));
}

async function loadLoans(db: Db, ids: readonly string[]): Promise<Loan[]> {
  const { rows } = await sql<Loan>`
    select l.id, l.external_id, l.display_id, l.loan_type_id, l.data from tidings.loans l where l.id = any(${ids}::text[])
  `.execute(db);
  return rows;
}

async function loadTypeRules(db: Db): Promise<TypeRules[]> {
  const { rows } = await sql<TypeRules>`
    select t.id, t.name, t.when_case_moves, t.on_unknown,
      pause.reason as paused_because, pause.ends_at as paused_until
    from tidings.notification_types t
    left join tidings.templates m on m.id = t.template_id and m.status = 'active'
    -- the pause that ends last
    left join lateral (
      select p.reason, p.ends_at from tidings.pauses p
      where p.released_at is null
        and (p.scope = 'everything' or p.channel = coalesce(t.channel, m.channel) or p.notification_type_id = t.id)
      order by p.ends_at desc nulls first, p.id
      limit 1
    ) pause on true
    where t.status = 'active'
  `.execute(db);
  return rows;
}
