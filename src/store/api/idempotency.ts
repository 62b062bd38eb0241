import { sql } from "kysely";
import type { Db } from "../postgres/db.ts";

/** A request its caller may send again. */
export interface Repeatable {
  readonly caller: string;
  readonly key: string;
  /** SHA-256 of what was asked for. */
  readonly requestHash: Buffer;
}

/** What became of it: made now, made before (`made` names it), or the key was used for another request. */
export type Once =
  | { readonly is: "new" }
  | { readonly is: "made"; readonly made: string }
  | { readonly is: "other" };

const SWEPT_AT_ONCE = 100;

/**
 * Takes the key within the transaction that does the work. Of two that come at once the second waits here until the
 * first is done: it then finds what was made, or does the work itself where the first was refused. Keys live 24 hours.
 */
export async function takeKey(transaction: Db, asked: Repeatable): Promise<Once> {
  await sweep(transaction);
  const { rows: taken } = await sql`
    insert into tidings.idempotency_keys as k (caller, key, request_hash, made)
    values (${asked.caller}, ${asked.key}, ${asked.requestHash}, '')
    on conflict (caller, key) do update
    set request_hash = excluded.request_hash, made = '', created_at = clock_timestamp()
    where k.created_at < clock_timestamp() - interval '24 hours'
    returning 1
  `.execute(transaction);
  if (taken.length > 0) return { is: "new" };
  const { rows } = await sql<{ made: string; isSame: boolean }>`
    select k.made, k.request_hash = ${asked.requestHash} as is_same
    from tidings.idempotency_keys k
    where k.caller = ${asked.caller} and k.key = ${asked.key}
  `.execute(transaction);
  return rows[0]?.isSame === true ? { is: "made", made: rows[0].made } : { is: "other" };
}

/** Says what the key stands for, before the transaction ends. */
export async function storeResult(
  transaction: Db,
  { caller, key }: Repeatable,
  made: string,
): Promise<void> {
  await sql`
    update tidings.idempotency_keys k set made = ${made} where k.caller = ${caller} and k.key = ${key}
  `.execute(transaction);
}

async function sweep(db: Db): Promise<void> {
  await sql`
    delete from tidings.idempotency_keys k
    using (
      select o.caller, o.key from tidings.idempotency_keys o
      where o.created_at < clock_timestamp() - interval '24 hours'
      order by o.created_at limit ${SWEPT_AT_ONCE} for update skip locked
    ) old
    where k.caller = old.caller and k.key = old.key
  `.execute(db);
}
