import { sql } from "kysely";
import type { InteractionId, ReceiptId } from "../../domain/ids.ts";
import type { ArrivedReceipt } from "../../domain/receipts/arrived-receipt.ts";
import type { Db } from "../postgres/db.ts";
import { recordset } from "../postgres/recordset.ts";

const ARRIVED = {
  provider: "text",
  providerMessageId: "text",
  interactionId: "bigint",
  rawStatus: "text",
  code: "text",
  qualifier: "text",
  reportedAt: "timestamptz",
  payload: "jsonb",
} as const;

/** The database holds so many characters of each text. */
const LONGEST = { code: 100, qualifier: 250 } as const;

/**
 * Stores receipts durably and queues them; a trigger of the database does both in one statement. A receipt that is stored
 * already is left out, so a caller may repeat it. Returns the ids of those that are new.
 */
export async function keepReceipts(
  db: Db,
  receipts: readonly ArrivedReceipt[],
): Promise<ReceiptId[]> {
  if (receipts.length === 0) return [];
  const { rows } = await sql<{ id: ReceiptId }>`
    insert into tidings.receipts (provider, provider_message_id, interaction_id, raw_status, code, qualifier, reported_at, payload)
    select r.provider, r."providerMessageId", r."interactionId", r."rawStatus", r.code, r.qualifier, r."reportedAt", r.payload
    from ${recordset("r", ARRIVED, receipts.map(shortened))}
    on conflict do nothing
    returning id
  `.execute(db);
  return rows.map((row) => row.id);
}

/** The words of a mail server may be long. Their beginning has the codes. */
const shortened = (receipt: ArrivedReceipt): ArrivedReceipt => ({
  ...receipt,
  code: beginningOf(receipt.code, LONGEST.code),
  qualifier: beginningOf(receipt.qualifier, LONGEST.qualifier),
});

/** Postgres refuses half of a character that JavaScript counts as two. */
const beginningOf = (text: string | null, length: number): string | null =>
  text?.slice(0, length).toWellFormed() ?? null;

/** A span of the time of arrival, and where a page of it begins. */
export interface ReportedSpan {
  readonly from: Date;
  /** Not included. */
  readonly to: Date;
  readonly after: InteractionId;
  readonly most: number;
}

/** Lists the interactions with receipts that arrived in a span, by their ids. */
export async function listReported(
  db: Db,
  { from, to, after, most }: ReportedSpan,
): Promise<InteractionId[]> {
  const { rows } = await sql<{ id: InteractionId }>`
    select distinct r.interaction_id as id
    from tidings.receipts r
    where r.received_at >= ${from} and r.received_at < ${to} and r.interaction_id > ${after}::bigint
    order by 1
    limit ${most}
  `.execute(db);
  return rows.map((row) => row.id);
}
