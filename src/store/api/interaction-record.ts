import { sql, type RawBuilder } from "kysely";
import type { InteractionRecord } from "../../domain/interaction-record.ts";
import type { Reference } from "../../domain/reference.ts";
import { KEPT_BORROWER } from "./borrowers.ts";
import type { Db } from "../postgres/db.ts";

/** SQL may have written any JSON where an object belongs. */
const object = (column: string): string =>
  `case when jsonb_typeof(${column}) = 'object' then ${column} end`;

/** The columns of a record; `i` is the interaction, `b` its borrower as of now. */
export const RECORD = sql.raw(`
  i.id, i.origin, i.created_at, i.updated_at, i.deleted_at, i.created_by, i.channel, i.person_id, i.case_id, i.contact_id, i.loan_id,
  i.loan_ids, i.subject, i.theme, i.direction, i.status, i.status_updated_at, i.status_details, i.status_details_updated_at, i.started_at,
  i.ended_at, i.scheduled_at_from, i.scheduled_at_to, i.sensitive, i.is_transactional, i.external_id, i.previous_interaction_id,
  i.supercase_bulk_operation_id, i.compliance_guard_rule_id, i.failure_description_short, i.failure_description_long,
  i.template_version_id, ${object("i.contact")} as contact, ${object("i.meta_data")} as meta_data,
  case when jsonb_typeof(i.content) <> 'object' then jsonb_build_object('content', i.content) else i.content end as content,
  -- as it was when it was written down, and what was not kept then as it is
  nullif(${KEPT_BORROWER} || coalesce(${object("i.borrower")}, '{}'), '{}') as borrower`);

/** Which interaction: by its id or the lender's, and of which person. */
export interface Sought {
  readonly reference: Reference;
  /** Undefined: anybody's. */
  readonly personId?: string | undefined;
}

/** Undefined when there is none. */
export async function findInteraction(
  db: Db,
  sought: Sought,
): Promise<InteractionRecord | undefined> {
  const { rows } = await recordQuery(sought).execute(db);
  return rows[0];
}

/** The same, held until the transaction ends: what is judged of it stays true until it is written. */
export async function holdInteraction(
  transaction: Db,
  sought: Sought,
): Promise<InteractionRecord | undefined> {
  const { rows } = await sql<InteractionRecord>`${recordQuery(sought)} for update of i`.execute(
    transaction,
  );
  return rows[0];
}

function recordQuery({ reference, personId }: Sought): RawBuilder<InteractionRecord> {
  const named =
    "id" in reference
      ? sql`i.id = ${reference.id}::bigint`
      : sql`i.external_id = ${reference.externalId}`;
  const ofPerson = personId === undefined ? sql`` : sql`and i.person_id = ${personId}`;
  return sql<InteractionRecord>`
    select ${RECORD} from tidings.interactions i left join tidings.borrowers b on b.id = i.person_id where ${named} ${ofPerson}`;
}
