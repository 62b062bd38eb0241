import { sql } from "kysely";
import { freeId } from "../postgres/free-id.ts";
import type { TypeFields, TypeVersion } from "../../domain/resolve/type-version.ts";
import type { Db } from "../postgres/db.ts";

/**
 * Makes writers of one type wait for each other until the end of the transaction. The database takes the same lock when it
 * writes; taking it first avoids deadlocks.
 */
export async function lockType(transaction: Db, id: number): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtext('tidings.notification_types'), ${id})`.execute(
    transaction,
  );
}

const NOW = sql<Date>`clock_timestamp()`;
const jsonOf = (onCondition: TypeFields["onCondition"]): string | null =>
  onCondition === null ? null : JSON.stringify(onCondition);

/** Inserts a new type as version 1, a draft, and returns its id. Columns without a field in the API are copied from `source`. */
export async function insertType(
  transaction: Db,
  fields: TypeFields,
  source?: TypeVersion,
): Promise<number> {
  const { rows } = await sql<{ id: number }>`
    insert into tidings.notification_types
      (id, version, name, description, on_status, on_outcome, on_condition, channel, theme, template_id, delay, unit,
       calendar, when_case_moves, on_unknown, derived_from_type_id)
    select ${freeId("notificationTypes")}, 1, ${fields.name}, ${fields.description}, ${fields.onStatus}, ${fields.onOutcome}, ${jsonOf(fields.onCondition)}::jsonb,
      ${fields.channel}, ${fields.theme}, ${fields.templateId}::int, ${fields.delay}::int, ${fields.unit},
      coalesce(s.calendar, 'office'), coalesce(s.when_case_moves, 'send'), coalesce(s.on_unknown, 'hold'), s.id
    from (select) one
    left join tidings.notification_types s on s.id = ${source?.id ?? null}::int and s.version = ${source?.version ?? null}::int
    returning id
  `.execute(transaction);
  const [row] = rows;
  if (row === undefined) throw new Error("an insert returned no row");
  return row.id;
}

/** Inserts the version after the last, a draft, and returns its number. Columns without a field in the API are copied from `source`. */
export async function insertNextVersion(
  transaction: Db,
  fields: TypeFields,
  source: TypeVersion,
): Promise<number> {
  const { rows } = await sql<{ version: number }>`
    insert into tidings.notification_types
      (id, version, name, description, on_status, on_outcome, on_condition, channel, theme, template_id, delay, unit,
       calendar, when_case_moves, on_unknown, derived_from_type_id)
    select s.id, null, ${fields.name}, ${fields.description}, ${fields.onStatus}, ${fields.onOutcome}, ${jsonOf(fields.onCondition)}::jsonb,
      ${fields.channel}, ${fields.theme}, ${fields.templateId}::int, ${fields.delay}::int, ${fields.unit},
      s.calendar, s.when_case_moves, s.on_unknown, s.derived_from_type_id
    from tidings.notification_types s
    where s.id = ${source.id} and s.version = ${source.version}
    returning version
  `.execute(transaction);
  const [row] = rows;
  if (row === undefined) throw new Error("the version to continue from does not exist");
  return row.version;
}

export interface VersionOf {
  readonly id: number;
  readonly version: number;
}

/** Changes a draft in place, except for its status. */
export async function editDraft(
  transaction: Db,
  { id, version }: VersionOf,
  fields: TypeFields,
): Promise<void> {
  const { name, description, onStatus, onOutcome, channel, theme, templateId, delay, unit } =
    fields;
  const columns = {
    name,
    description,
    onStatus,
    onOutcome,
    channel,
    theme,
    templateId,
    delay,
    unit,
  };
  await transaction
    .updateTable("notificationTypes")
    .set({ ...columns, onCondition: jsonOf(fields.onCondition), updatedAt: NOW })
    .where("id", "=", id)
    .where("version", "=", version)
    .execute();
}

/** Changes the status of a version. Activating one deprecates the version that was active. */
export async function moveVersion(
  transaction: Db,
  { id, version }: VersionOf,
  status: TypeFields["status"],
): Promise<void> {
  await transaction
    .updateTable("notificationTypes")
    .set({ status, updatedAt: NOW })
    .where("id", "=", id)
    .where("version", "=", version)
    .where("status", "<>", status)
    .execute();
}
