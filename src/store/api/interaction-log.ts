import { sql, type Updateable } from "kysely";
import type { LoggedFields } from "../../domain/interaction-record.ts";
import type { Db } from "../postgres/db.ts";
import type { Interactions } from "../postgres/schema.ts";

/** Who writes, as `createdBy` shows it. */
export interface Author {
  readonly id: string;
  readonly name: string;
}

/** Keeps what somebody else has done, and never sends it. Returns its id. */
export async function logInteraction(
  db: Db,
  { channel, status, ...fields }: LoggedFields,
  { personId, createdBy }: { readonly personId: string; readonly createdBy: Author },
): Promise<string> {
  const { id } = await db
    .insertInto("interactions")
    .values({
      ...rowOf(fields),
      channel,
      status,
      personId,
      createdBy: { ...createdBy },
      ...(fields.statusDetails !== null && { statusDetailsUpdatedAt: sql`now()` }),
    })
    .returning("id")
    .executeTakeFirstOrThrow();
  return id;
}

/** Writes the given fields of an interaction and leaves the others as they are. */
export async function changeInteraction(
  db: Db,
  id: string,
  fields: Partial<LoggedFields>,
): Promise<void> {
  await db.updateTable("interactions").set(rowOf(fields)).where("id", "=", id).execute();
}

/** pg writes objects as json by itself. */
const rowOf = (fields: Partial<LoggedFields>): Updateable<Interactions> =>
  fields as Updateable<Interactions>;
