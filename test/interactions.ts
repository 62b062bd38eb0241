import type { Pool } from "pg";
import type { InteractionId } from "../src/domain/ids.ts";
import type { Interactions } from "../src/store/postgres/schema.ts";

/** Columns of an interaction and their values. Absent ones have the default of the table or of the function. */
export type InteractionFields = { readonly [Column in keyof Interactions]?: unknown };

/** Inserts an interaction that another system has logged: a call that has succeeded. Returns its id. */
export async function insertLogged(
  pool: Pool,
  fields: InteractionFields = {},
): Promise<InteractionId> {
  return only(await insertAllLogged(pool, [fields]));
}

/** Inserts interactions that another system has logged, all with the same columns. Returns their ids in the same order. */
export const insertAllLogged = (
  pool: Pool,
  rows: readonly InteractionFields[],
): Promise<InteractionId[]> =>
  insertRows(
    pool,
    rows.map((fields) => ({ channel: "voice", status: "succeeded", ...fields })),
  );

/** Inserts an interaction of Tidings in any status, with the columns that the constraints ask for. Returns its id. */
export async function insertInteraction(
  pool: Pool,
  fields: InteractionFields = {},
): Promise<InteractionId> {
  return only(await insertInteractions(pool, 1, fields));
}

/**
 * Inserts so many interactions of Tidings: email of type 1 to BO-1, scheduled and due now if not said otherwise. Each comes from a
 * different case change, which is not inserted. Returns their ids in ascending order.
 */
export const insertInteractions = (
  pool: Pool,
  count: number,
  fields: InteractionFields | ((place: number) => InteractionFields) = {},
): Promise<InteractionId[]> =>
  typeof fields === "function"
    ? insertRows(
        pool,
        Array.from({ length: count }, (_, place) => completed(fields(place))),
      )
    : insertRows(pool, [completed(fields)], count);

/** With all that the constraints ask of an interaction of Tidings in its status. */
function completed(fields: InteractionFields): InteractionFields {
  const { status = "scheduled" } = fields;
  return {
    origin: "tidings",
    channel: "email",
    status,
    personId: "BO-1",
    notificationTypeId: 1,
    notificationTypeVersion: 1,
    scheduledAtFrom: new Date(),
    ...(CALLED.has(status) && { claimedAt: new Date(), claimedBy: "w-1" }),
    ...(WITH_A_REASON.has(status) && {
      failureDescriptionShort: "Refused",
      failureDescriptionLong: "No such mailbox.",
    }),
    ...fields,
  };
}

/** The provider was called. */
const CALLED = new Set<unknown>(["inProgress", "attempted", "succeeded"]);
const WITH_A_REASON = new Set<unknown>(["failed", "canceled"]);

function only([id]: readonly InteractionId[]): InteractionId {
  if (id === undefined) throw new Error("the insert returned no id");
  return id;
}

/** Inserts each of the rows this many times. */
async function insertRows(
  pool: Pool,
  rows: readonly InteractionFields[],
  times = 1,
): Promise<InteractionId[]> {
  const given = Object.keys(rows[0] ?? {}).map(columnOf);
  const needsChange = rows[0]?.origin === "tidings" && !given.includes("case_change_id");
  const into = needsChange ? [...given, "case_change_id"] : given;
  const values = needsChange ? [...given, "nextval('tidings.case_changes_id_seq')"] : given;
  const { rows: inserted } = await pool.query<{ id: InteractionId }>(
    `insert into tidings.interactions (${into.join(", ")})
     select ${values.join(", ")} from json_populate_recordset(null::tidings.interactions, $1), generate_series(1, $2)
     returning id`,
    [JSON.stringify(rows.map(withColumnNames)), times],
  );
  return inserted.map(({ id }) => id);
}

const columnOf = (field: string): string =>
  field.replaceAll(/[A-Z]/g, (part) => `_${part.toLowerCase()}`);

const withColumnNames = (row: InteractionFields): object =>
  Object.fromEntries(Object.entries(row).map(([field, value]) => [columnOf(field), value]));

/** Counts the interactions of the cases `NAME-…`, by their status, status details and attempt, such as `failed emailBounced 1`. */
export async function countStandings(pool: Pool, name: string): Promise<Record<string, number>> {
  const { rows } = await pool.query<{ standing: string; count: number }>(
    `select concat_ws(' ', status, status_details, attempt) as standing, count(*)::int as count
     from tidings.interactions where case_id like $1 group by 1`,
    [`${name}-%`],
  );
  return Object.fromEntries(rows.map(({ standing, count }) => [standing, count]));
}

/** The status and the details of an interaction. */
export async function standingOf(pool: Pool, id: InteractionId): Promise<string> {
  const { rows } = await pool.query<{ standing: string }>(
    "select concat_ws(' ', status, status_details) as standing from tidings.interactions where id = $1",
    [id],
  );
  return rows[0]?.standing ?? "";
}

/** The status, details and code of each transition of an interaction, in their order. */
export async function movesOf(pool: Pool, id: InteractionId): Promise<string[]> {
  const { rows } = await pool.query<{ move: string }>(
    `select concat_ws(' ', to_status, to_status_details, evidence->>'code') as move
     from tidings.interaction_transitions where interaction_id = $1 order by id`,
    [id],
  );
  return rows.map(({ move }) => move);
}
