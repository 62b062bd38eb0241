import { sql } from "kysely";
import type { Db } from "../postgres/db.ts";

/** A request that its caller may repeat. */
export interface RepeatableRequest {
  readonly caller: string;
  readonly key: string;
  /** SHA-256 of method, path, query and body. */
  readonly requestHash: Buffer;
}

/** The request is new, was done already (`resourceId` names its result), or uses the key of another request. */
export type IdempotencyResult =
  | { readonly kind: "new" }
  | { readonly kind: "done"; readonly resourceId: string }
  | { readonly kind: "otherRequest" };

const SWEEP_LIMIT = 100;

/**
 * Takes the key within the transaction that does the work. Of two concurrent requests the second waits here for the
 * first. It then finds the result, or does the work itself if the first one failed. Keys are kept 24 hours.
 */
export async function takeKey(
  transaction: Db,
  request: RepeatableRequest,
): Promise<IdempotencyResult> {
  await deleteOldKeys(transaction);
  const { caller, key, requestHash } = request;
  const { rows: taken } = await sql`
    insert into tidings.idempotency_keys as k (caller, key, request_hash, resource_id)
    values (${caller}, ${key}, ${requestHash}, '')
    on conflict (caller, key) do update
    set request_hash = excluded.request_hash, resource_id = '', created_at = clock_timestamp()
    where k.created_at < clock_timestamp() - interval '24 hours'
    returning 1
  `.execute(transaction);
  if (taken.length > 0) return { kind: "new" };
  const row = await transaction
    .selectFrom("idempotencyKeys")
    .select((is) => ["resourceId", is("requestHash", "=", requestHash).as("isSame")])
    .where("caller", "=", caller)
    .where("key", "=", key)
    .executeTakeFirst();
  return row?.isSame === true
    ? { kind: "done", resourceId: row.resourceId }
    : { kind: "otherRequest" };
}

/** Stores the id of the created resource before the transaction ends. */
export async function storeResult(
  transaction: Db,
  { caller, key }: RepeatableRequest,
  resourceId: string,
): Promise<void> {
  await transaction
    .updateTable("idempotencyKeys")
    .set({ resourceId })
    .where("caller", "=", caller)
    .where("key", "=", key)
    .execute();
}

async function deleteOldKeys(db: Db): Promise<void> {
  await sql`
    delete from tidings.idempotency_keys k
    using (
      select o.caller, o.key from tidings.idempotency_keys o
      where o.created_at < clock_timestamp() - interval '24 hours'
      order by o.created_at limit ${SWEEP_LIMIT} for update skip locked
    ) old
    where k.caller = old.caller and k.key = old.key
  `.execute(db);
}
