import { sql, type RawBuilder } from "kysely";
import type { BorrowerId, InteractionId } from "../../domain/ids.ts";
import type { InteractionRecord } from "../../domain/interaction-record.ts";
import type { Reference } from "../../domain/reference.ts";
import { BORROWER_JSON } from "../postgres/borrower-json.ts";
import type { Db } from "../postgres/db.ts";

/** Rows written by SQL may hold any JSON where an object is expected. */
const object = (column: string): RawBuilder<object | null> => {
  const value = sql.ref(column);
  return sql<object | null>`case when jsonb_typeof(${value}) = 'object' then ${value} end`;
};

/** The columns of a record; `i` is the interaction, `b` its borrower as it is now. */
export const RECORD = sql`
  i.id, i.origin, i.created_at, i.updated_at, i.deleted_at, i.created_by, i.channel, i.person_id, i.case_id, i.contact_id, i.loan_id,
  i.loan_ids, i.subject, i.theme, i.direction, i.status, i.status_updated_at, i.status_details, i.status_details_updated_at, i.started_at,
  i.ended_at, i.scheduled_at_from, i.scheduled_at_to, i.sensitive, i.is_transactional, i.external_id, i.previous_interaction_id,
  i.supercase_bulk_operation_id, i.compliance_guard_rule_id, i.failure_description_short, i.failure_description_long,
  i.template_version_id, ${object("i.contact")} as contact, ${object("i.meta_data")} as meta_data,
  case when jsonb_typeof(i.content) <> 'object' then jsonb_build_object('content', i.content) else i.content end as content,
  -- the borrower as stored with the interaction; fields that were not stored as they are now
  nullif(case when b.id is null then '{}' else ${BORROWER_JSON}::jsonb end || coalesce(${object("i.borrower")}, '{}'), '{}') as borrower`;

/** An interaction by its id or the lender's own id. */
export interface InteractionKey {
  readonly reference: Reference<InteractionId>;
  /** Undefined: any person. */
  readonly personId?: BorrowerId | undefined;
}

/** Finds an interaction by its id or its external id; undefined if there is none, or if it is another person's. */
export async function findInteraction(
  db: Db,
  sought: InteractionKey,
): Promise<InteractionRecord | undefined> {
  const { rows } = await recordQuery(sought).execute(db);
  return rows[0];
}

/**
 * Finds an interaction and locks it until the transaction ends, so that a decision about it is still valid when it is
 * written.
 */
export async function lockInteraction(
  transaction: Db,
  sought: InteractionKey,
): Promise<InteractionRecord | undefined> {
  const { rows } = await sql<InteractionRecord>`${recordQuery(sought)} for update of i`.execute(
    transaction,
  );
  return rows[0];
}

function recordQuery({ reference, personId }: InteractionKey): RawBuilder<InteractionRecord> {
  const named =
    "id" in reference
      ? sql`i.id = ${reference.id}::bigint`
      : sql`i.external_id = ${reference.externalId}`;
  const ofPerson = personId === undefined ? sql`` : sql`and i.person_id = ${personId}`;
  return sql<InteractionRecord>`
    select ${RECORD} from tidings.interactions i left join tidings.borrowers b on b.id = i.person_id where ${named} ${ofPerson}`;
}
