import { sql } from "kysely";
import type { ReceiptId } from "../../domain/ids.ts";
import type { Db } from "../postgres/db.ts";
import { recordset } from "../postgres/recordset.ts";

/** A receipt that is not applied yet. */
export interface QueuedReceipt {
  readonly receiptId: ReceiptId;
  readonly attempts: number;
}

/** Locks up to `most` receipts that are due until the transaction ends. Other daemons take others. */
export async function claimReceipts(transaction: Db, most: number): Promise<QueuedReceipt[]> {
  const { rows } = await sql<QueuedReceipt>`
    select q.receipt_id, q.attempts
    from tidings.receipt_queue q
    where q.run_at <= clock_timestamp()
    order by q.run_at, q.receipt_id
    limit ${most}
    for update skip locked
  `.execute(transaction);
  return rows;
}

/** Locks one receipt; undefined if another transaction has locked or applied it. */
export async function claimReceipt(
  transaction: Db,
  receiptId: ReceiptId,
): Promise<QueuedReceipt | undefined> {
  const { rows } = await sql<QueuedReceipt>`
    select q.receipt_id, q.attempts from tidings.receipt_queue q
    where q.receipt_id = ${receiptId}::bigint
    for update skip locked
  `.execute(transaction);
  return rows[0];
}

/** Removes receipts that are done, in the transaction that did them. */
export async function unqueueReceipts(
  transaction: Db,
  receiptIds: readonly ReceiptId[],
): Promise<void> {
  if (receiptIds.length === 0) return;
  await sql`
    delete from tidings.receipt_queue q where q.receipt_id = any(${receiptIds}::bigint[])
  `.execute(transaction);
}

/** A receipt that is tried again, and the code of the error that it met; null if it waits for its message. */
export interface PostponedReceipt {
  readonly receiptId: ReceiptId;
  readonly code: string | null;
}

/**
 * Puts receipts off: by a fifth of a second at first, and twice as long each time, up to a minute. They are tried without
 * end.
 */
export async function postponeReceipts(
  db: Db,
  receipts: readonly PostponedReceipt[],
): Promise<void> {
  if (receipts.length === 0) return;
  await sql`
    update tidings.receipt_queue q
    set attempts = q.attempts + 1, failed_by = p.code,
      run_at = clock_timestamp() + least(0.2 * 2 ^ least(q.attempts, 10), 60) * interval '1 second'
    from ${recordset("p", { receiptId: "bigint", code: "text" }, receipts)}
    where q.receipt_id = p."receiptId"
  `.execute(db);
}

/**
 * The receipts of texts whose provider's id a statement records, which came before it: their ids. `moved` are its rows, with
 * the columns channel, provider and provider_message_id.
 */
export const EARLY_RECEIPTS = sql`(
  select r.id
  from moved m
  cross join lateral (
    select e.id from tidings.receipts e
    where e.provider_message_id = m.provider_message_id and e.provider = m.provider and e.interaction_id is null
    limit 100
  ) r
  where m.channel = 'text' and m.provider_message_id is not null
)`;

/** Queues the receipts of a text that came before a lookup found it. */
export async function queueEarlyReceipts(db: Db, messageId: string): Promise<void> {
  await sql`
    insert into tidings.receipt_queue (receipt_id)
    select r.id from tidings.receipts r
    where r.provider_message_id = ${messageId} and r.interaction_id is null
    on conflict (receipt_id) do update set run_at = clock_timestamp()
  `.execute(db);
}

/** The receipts that are not applied, and the oddities that are open. */
export interface ReceiptBacklog {
  readonly waiting: number;
  /** The time since the oldest of them arrived (ms); 0 if there is none. */
  readonly oldestMs: number;
  readonly openOddities: number;
}

/** Counts what is not finished. It reads the queue and a partial index, and never the history. */
export async function countReceipts(db: Db): Promise<ReceiptBacklog> {
  const { rows } = await sql<ReceiptBacklog>`
    select count(*)::int as waiting,
      coalesce(round(extract(epoch from clock_timestamp() - min(r.received_at)) * 1000), 0)::float8 as oldest_ms,
      (select count(*)::int from tidings.receipt_oddities o where o.closed_at is null) as open_oddities
    from tidings.receipt_queue q
    join tidings.receipts r on r.id = q.receipt_id
  `.execute(db);
  return rows[0] ?? { waiting: 0, oldestMs: 0, openOddities: 0 };
}

/** Counts the receipts that could not be applied because of an error. They are tried again. */
export async function countNotApplied(db: Db): Promise<number> {
  const { rows } = await sql<{ receipts: number }>`
    select count(*)::int as receipts from tidings.receipt_queue q where q.failed_by is not null
  `.execute(db);
  return rows[0]?.receipts ?? 0;
}
