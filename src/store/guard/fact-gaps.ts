import { sql, type RawBuilder } from "kysely";
import type { GuardFact } from "../../domain/guard/fact-gaps.ts";
import type { Db } from "../postgres/db.ts";
import { VALIDATION_FORM, VALIDATION_THEME } from "./validation-notices.ts";

/** A statement that finds one row in which a fact is filled. */
const FILLED: Readonly<Record<GuardFact, RawBuilder<unknown>>> = {
  "consents of the kind esign": sql`select from tidings.consents c where c.kind = 'esign'`,
  "consents of the kind calls": sql`select from tidings.consents c where c.kind = 'calls'`,
  do_not_interact: sql`select from tidings.do_not_interact`,
  "preferences of the kind inconvenientTime": sql`select from tidings.preferences p where p.kind = 'inconvenientTime'`,
  "preferences of the kind inconvenientPlace": sql`select from tidings.preferences p where p.kind = 'inconvenientPlace'`,
  "preferences of the kind mediumRefusal": sql`select from tidings.preferences p where p.kind = 'mediumRefusal'`,
  "case_type_legal_states for bankruptcy": sql`select from tidings.case_type_legal_states s where s.withdrawn_at is null and s.legal_state = 'bankruptcy'`,
  "case_type_legal_states for ceaseCommunication": sql`select from tidings.case_type_legal_states s where s.withdrawn_at is null and s.legal_state = 'ceaseCommunication'`,
  "case_type_legal_states for disputeOfDebt": sql`select from tidings.case_type_legal_states s where s.withdrawn_at is null and s.legal_state = 'disputeOfDebt'`,
  "case_type_legal_states for debtValidation": sql`select from tidings.case_type_legal_states s where s.withdrawn_at is null and s.legal_state = 'debtValidation'`,
  "case_type_legal_states for deceased": sql`select from tidings.case_type_legal_states s where s.withdrawn_at is null and s.legal_state = 'deceased'`,
  "case_type_legal_states for identityTheft": sql`select from tidings.case_type_legal_states s where s.withdrawn_at is null and s.legal_state = 'identityTheft'`,
  "case_type_legal_states for militaryDuty": sql`select from tidings.case_type_legal_states s where s.withdrawn_at is null and s.legal_state = 'militaryDuty'`,
  "borrowers.attorney_known_since": sql`select from tidings.borrowers b where b.attorney_known_since is not null`,
  "contacts.address": sql`select from tidings.contacts k where k.address is not null`,
  "contacts.line_type": sql`select from tidings.contacts k where k.line_type is not null`,
  "contacts.reassigned_number_result": sql`select from tidings.contacts k where k.reassigned_number_result is not null`,
  "contacts.phone_disconnection_details": sql`select from tidings.contacts k where k.phone_disconnection_details is not null`,
  "contacts.leaked_to_third_party_at": sql`select from tidings.contacts k where k.leaked_to_third_party_at is not null`,
  "contacts.on_national_dnc_list": sql`select from tidings.contacts k where k.on_national_dnc_list is not null`,
  "loans.collector_role": sql`select from tidings.loans l where l.collector_role is not null`,
  "loans.status": sql`select from tidings.loans l where l.status is not null`,
  "loans.days_past_due": sql`select from tidings.loans l where l.days_past_due is not null`,
  "loans.time_barred": sql`select from tidings.loans l where l.time_barred is not null`,
  "loans.collateral": sql`select from tidings.loans l where l.collateral is not null`,
  "loans.initial_communication_at": sql`select from tidings.loans l where l.initial_communication_at is not null`,
  // it also follows from the validation notices that are sent
  "loans.validation_period_ends_on": sql`
    select from tidings.loans l where l.validation_period_ends_on is not null
    union all
    select from tidings.notification_types n where n.theme = ${VALIDATION_THEME}::text
    union all
    select from tidings.templates t where ${VALIDATION_FORM}::text = any(t.declares)`,
  "loans.negative_info_furnished_at": sql`select from tidings.loans l where l.negative_info_furnished_at is not null`,
};

/** Returns the facts that no row has. Reads a table to its end only for a column that is never filled. */
export async function findFactGaps(db: Db): Promise<GuardFact[]> {
  const gaps: GuardFact[] = [];
  for (const fact of Object.keys(FILLED) as GuardFact[])
    if (!(await isFilled(db, fact))) gaps.push(fact);
  return gaps;
}

async function isFilled(db: Db, fact: GuardFact): Promise<boolean> {
  const { rows } = await sql<{ known: boolean }>`
    select exists(${FILLED[fact]}) as known
  `.execute(db);
  return rows[0]?.known === true;
}
