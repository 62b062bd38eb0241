import { sql, type RawBuilder } from "kysely";

const TABLES = {
  templates: { name: "tidings.templates", ref: sql.raw("tidings.templates") },
  notificationTypes: {
    name: "tidings.notification_types",
    ref: sql.raw("tidings.notification_types"),
  },
} as const;

/**
 * Returns the next id that no row has. Rows may have been inserted with explicit ids, which the sequence does not know.
 * Concurrent callers wait for each other until their transactions end, because neither sees the other's row.
 */
export const freeId = (table: keyof typeof TABLES): RawBuilder<number> => {
  const { name, ref } = TABLES[table];
  return sql<number>`(
    select setval(s.name, greatest(nextval(s.name), (select coalesce(max(t.id), 0) + 1 from ${ref} t)))::int
    from pg_advisory_xact_lock(hashtext(${name} || '.id')), pg_get_serial_sequence(${name}, 'id') as s(name))`;
};
