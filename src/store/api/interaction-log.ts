import { sql, type Updateable } from "kysely";
import type { BorrowerId, InteractionId } from "../../domain/ids.ts";
import type { LoggedFields } from "../../domain/interaction-record.ts";
import type { Db } from "../postgres/db.ts";
import type { Tables } from "../postgres/tables.ts";

/** The caller who logs, as `createdBy` shows it. */
export interface Author {
  readonly id: string;
  readonly name: string;
}

/** Takes the id of an interaction that is about to be logged. */
export async function nextInteractionId(db: Db): Promise<InteractionId> {
  const { rows } = await sql<{ id: InteractionId }>`
    select nextval(pg_get_serial_sequence('tidings.interactions', 'id')) as id
  `.execute(db);
  const [row] = rows;
  if (row === undefined) throw new Error("nextval returned no row");
  return row.id;
}

interface NewInteraction {
  /** From `nextInteractionId`. */
  readonly id: InteractionId;
  readonly personId: BorrowerId;
  readonly createdBy: Author;
}

/** Stores an interaction that takes place elsewhere. Tidings never sends it. */
export async function logInteraction(
  db: Db,
  { channel, status, ...fields }: LoggedFields,
  { id, personId, createdBy }: NewInteraction,
): Promise<void> {
  await db
    .insertInto("interactions")
    .values({
      ...rowOf(fields),
      id,
      channel,
      status,
      personId,
      createdBy: { ...createdBy },
      ...(fields.statusDetails !== null && { statusDetailsUpdatedAt: sql`now()` }),
    })
    .execute();
}

/** Changes the given fields of an interaction, with evidence for its next transition. */
export async function changeInteraction(
  db: Db,
  id: InteractionId,
  fields: Partial<LoggedFields>,
  evidence?: Readonly<Record<string, string>>,
): Promise<void> {
  await db
    .updateTable("interactions")
    .set({ ...rowOf(fields), ...(evidence && { evidence }) })
    .where("id", "=", id)
    .execute();
}

/** pg itself writes objects as JSON */
const rowOf = ({ loanIds, ...fields }: Partial<LoggedFields>): Updateable<Tables["interactions"]> =>
  ({ ...fields, ...(loanIds && { loanIds: [...loanIds] }) }) as Updateable<Tables["interactions"]>;
