import { sql } from "kysely";
import type { Contact } from "../../domain/deliver/contact.ts";
import type { DueCase, FactSheet } from "../../domain/deliver/fact-sheet.ts";
import type { BorrowerId, CaseId, LoanId } from "../../domain/ids.ts";
import type { Db } from "../postgres/db.ts";
import { loadDryRunFacts } from "./facts.ts";

/** The facts of a notice about a case, and the possible contacts. */
export interface CaseWithPeople extends Pick<FactSheet, "case" | "borrower" | "loans"> {
  readonly contacts: readonly Contact[];
}

interface Row {
  readonly case: Omit<DueCase, "typeName">;
  readonly caseTypeId: string;
  readonly borrowerId: BorrowerId;
  readonly loanIds: readonly LoanId[];
}

/** Returns the current state of a case, or undefined if there is none with this id. */
export async function loadCaseFacts(db: Db, caseId: CaseId): Promise<CaseWithPeople | undefined> {
  const { rows } = await sql<Row>`
    select jsonb_build_object('id', c.id, 'typeId', c.case_type_id, 'status', c.status, 'outcome', c.outcome, 'fields', c.fields) as case,
      c.case_type_id, c.borrower_id, c.loan_ids
    from tidings.cases c
    where c.id = ${caseId}
  `.execute(db);
  const [row] = rows;
  if (row === undefined) return undefined;
  const around = await loadDryRunFacts(db, [row]);
  const person = around.people.get(row.borrowerId);
  if (person === undefined) return undefined;
  return {
    ...person,
    case: { ...row.case, typeName: around.caseTypeNames.get(row.caseTypeId) ?? "" },
    loans: row.loanIds.flatMap((id) => around.loans.get(id) ?? []),
  };
}

/** Returns the first active notification type that uses a template or its family, if there is one. */
export async function findTypeOf(
  db: Db,
  templateId: number,
): Promise<{ readonly id: number; readonly name: string } | undefined> {
  const { rows } = await sql<{ id: number; name: string }>`
    select t.id, t.name
    from tidings.notification_types t
    left join tidings.templates named on named.id = t.template_id and named.status = 'active'
    where t.status = 'active' and (t.template_id = ${templateId} or (named.family, named.channel) = (
      select m.family, m.channel from tidings.templates m where m.id = ${templateId} order by m.version desc limit 1))
    order by t.id
    limit 1
  `.execute(db);
  return rows[0];
}
