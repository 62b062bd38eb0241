import { sql } from "kysely";
import type { FactSheet } from "../domain/fact-sheet.ts";
import type { Db } from "./db.ts";

/** Loads the facts of those of the interactions that are still scheduled by Tidings, in one statement. */
export async function loadFactSheets(
  db: Db,
  interactionIds: readonly string[],
): Promise<FactSheet[]> {
  const { rows } = await sql<FactSheet>`
    select i.id as interaction_id, i.channel, i.theme, i.sensitive, i.attempt, coalesce(i.first_interaction_id, i.id) as chain_id,
      i.scheduled_at_from as due_at, i.scheduled_at_to as latest_at, i.template_id, i.template_version,
      jsonb_build_object('id', t.id, 'version', t.version, 'name', t.name, 'onStatus', t.on_status, 'onOutcome', t.on_outcome,
        'onCondition', coalesce(nullif(t.on_condition, 'null'), '[]'), 'whenCaseMoves', t.when_case_moves, 'onUnknown', t.on_unknown) as notification_type,
      jsonb_build_object('id', c.id, 'typeId', c.case_type_id, 'typeName', y.name, 'status', c.status, 'outcome', c.outcome,
        'fields', c.fields) as "case",
      jsonb_build_object('id', b.id, 'externalId', b.external_id, 'displayId', b.display_id, 'borrowerType', b.borrower_type,
        'status', b.status, 'name', b.name, 'language', b.language, 'timeZone', b.time_zone,
        'collectionsIntensity', b.collections_intensity, 'commPreferences', b.comm_preferences, 'metaData', b.meta_data) as borrower,
      (select p.reason from tidings.pauses p
       where p.released_at is null
         and (p.scope = 'everything' or p.channel = i.channel or p.notification_type_id = i.notification_type_id)
       order by p.id limit 1) as paused_because,
      loans.list as loans, contacts.list as contacts
    from tidings.interactions i
    join tidings.notification_types t on t.id = i.notification_type_id and t.version = i.notification_type_version
    join tidings.cases c on c.id = i.case_id
    join tidings.case_types y on y.id = c.case_type_id
    join tidings.borrowers b on b.id = i.person_id
    cross join lateral (
      select coalesce(jsonb_agg(jsonb_build_object('id', l.id, 'externalId', l.external_id, 'displayId', l.display_id,
        'loanTypeId', l.loan_type_id, 'data', l.data) order by array_position(i.loan_ids, l.id)), '[]') as list
      from tidings.loans l
      where l.id = any(i.loan_ids)
    ) loans
    cross join lateral (
      select coalesce(jsonb_agg(jsonb_build_object('id', k.id, 'externalId', k.external_id, 'contactType', k.contact_type,
        'label', k.label, 'affiliation', k.affiliation, 'status', k.status, 'name', k.name, 'value', k.value, 'valid', k.valid,
        'verified', k.verified, 'receiveTextMessages', k.receive_text_messages) order by k.id), '[]') as list
      from tidings.contacts k
      where k.borrower_id = i.person_id
    ) contacts
    where i.id = any(${interactionIds}::bigint[]) and i.origin = 'tidings' and i.status = 'scheduled'
    order by i.id
  `.execute(db);
  return rows;
}
