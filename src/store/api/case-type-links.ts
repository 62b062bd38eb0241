import { sql } from "kysely";
import type { Db } from "../postgres/db.ts";

/** True if the case type exists. With `lock`, writers of its links wait for each other until their transactions end. */
export async function findCaseType(
  db: Db,
  caseTypeId: string,
  { lock }: { readonly lock: boolean },
): Promise<boolean> {
  const found = db.selectFrom("caseTypes").select("id").where("id", "=", caseTypeId);
  const row = await (lock ? found.forNoKeyUpdate() : found).executeTakeFirst();
  return row !== undefined;
}

/** Returns the ids that name no notification type. */
export async function findUnknownTypes(db: Db, ids: readonly number[]): Promise<number[]> {
  const { rows } = await sql<{ id: number }>`
    select given.id
    from unnest(${ids}::int[]) as given (id)
    where not exists (select from tidings.notification_types t where t.id = given.id)
  `.execute(db);
  return rows.map((row) => row.id);
}

/** Links exactly these types to the case type. An unchanged link is not written, so it gets no history. */
export async function replaceLinks(
  transaction: Db,
  caseTypeId: string,
  ids: readonly number[],
): Promise<void> {
  await sql`
    delete from tidings.case_type_notification_types l
    where l.case_type_id = ${caseTypeId} and l.notification_type_id <> all(${ids}::int[])
  `.execute(transaction);
  await sql`
    insert into tidings.case_type_notification_types (case_type_id, notification_type_id)
    select ${caseTypeId}, given.id from (select distinct unnest(${ids}::int[])) as given (id)
    on conflict do nothing
  `.execute(transaction);
}
