import { sql } from "kysely";

/** The columns that an attempt keeps from the one before. Their names are unqualified, because they stand in both lists of an insert. */
const KEPT = sql`
  origin, direction, person_id, loan_id, loan_ids, subject, theme, is_transactional, supercase_bulk_operation_id, case_id, case_change_id,
  reply_id, notification_type_id, notification_type_version, due_explanation`;

/** The columns that every next attempt of a chain gets, for the list of an insert. Its template, channel and times are not among them. */
export const NEXT_COLUMNS = sql`
  ${KEPT}, created_by, started_at, status, previous_interaction_id, first_interaction_id, attempt`;

/**
 * The values of NEXT_COLUMNS, from the attempt before as `i` and the author as `m(by)`. An operator's attempt has the operator's name. No
 * other table of the statement may have a column of these names.
 */
export const NEXT_VALUES = sql`
  ${KEPT}, case when m.by like 'operator:%' then jsonb_build_object('id', m.by, 'name', m.by) else i.created_by end, null, 'scheduled',
  i.id, coalesce(i.first_interaction_id, i.id), i.attempt + 1`;
