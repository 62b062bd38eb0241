import { expect, test } from "vitest";
import { NOTIFICATION_TYPE_CONSTRAINTS } from "../../../src/http/notification-types/constraint-errors.ts";
import { databaseError } from "../../../src/http/core/constraint-errors.ts";
import { useDatabase } from "../../database.ts";

const { pool } = useDatabase();

/**
 * Constraints that a request cannot violate, because the schema refuses it before, or because only SQL can write such a
 * row.
 */
const OUT_OF_REACH = [
  "case_outcome_is_known",
  "case_status_is_known",
  "channel_is_known",
  "delay_unit_is_known",
  "on_unknown_is_known",
  "theme_is_known",
  "version_status_is_known",
  "when_case_moves_is_known",
  "notification_types_name_has_at_most_50_characters",
  "notification_types_description_has_at_most_500_characters",
  "notification_types_on_condition_is_a_list",
  "notification_types_version_counts_from_one",
  "notification_types_published_versions_are_kept",
  "notification_types_versions_keep_their_number",
  "case_type_notification_types_pkey",
  "case_type_notification_types_case_type_is_known",
  "case_type_notification_types_ids_have_at_most_200_characters",
];

test("every constraint of notification types has a message, or cannot be violated over REST", async () => {
  const { rows } = await pool.query<{ name: string }>(`
    select conname as name from pg_constraint
    where contype in ('c', 'p', 'u', 'f')
      and conrelid in ('tidings.notification_types'::regclass, 'tidings.case_type_notification_types'::regclass)
    union
    -- the closed list of a column
    select c.conname from pg_constraint c join pg_attribute a on a.atttypid = c.contypid
    where a.attrelid = 'tidings.notification_types'::regclass
    union
    select c.relname from pg_index join pg_class c on c.oid = indexrelid
    where indisunique and indrelid = 'tidings.notification_types'::regclass
    union
    select r.name
    from pg_proc p,
      regexp_matches(p.prosrc, '''(notification_types_\\w+|case_type_notification_types_\\w+)''', 'g') m,
      unnest(m) r (name)
    where p.pronamespace = 'tidings'::regnamespace
    union
    -- guard_versions names its rules after the table it guards
    select 'notification_types' || r.name
    from pg_proc p, regexp_matches(p.prosrc, 'tg_table_name \\|\\| ''(\\w+)''', 'g') m, unnest(m) r (name)
    where p.pronamespace = 'tidings'::regnamespace and p.proname = 'guard_versions'`);
  const names = rows.map(({ name }) => name);
  const decided = [...Object.keys(NOTIFICATION_TYPE_CONSTRAINTS), ...OUT_OF_REACH];
  expect(names.toSorted()).toEqual(decided.toSorted());
});

test.each([
  ["a deadlock", "40P01", 409],
  ["a serialization failure", "40001", 409],
  ["a NUL that reached the database", "22021", 400],
  ["a NUL in JSON that reached the database", "22P05", 400],
  ["a constraint without a sentence", "23514", undefined],
])("%s (%s) is answered with %s", (_, code, status) => {
  const error = Object.assign(new Error("said by the database"), { code });
  expect(databaseError(error, {})?.status).toBe(status);
});
