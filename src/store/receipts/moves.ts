import { sql } from "kysely";
import type { InteractionId, ReceiptId } from "../../domain/ids.ts";
import type { Evidence } from "../../domain/provider-answer.ts";
import type { InteractionStatus, ReceiptOddity } from "../../domain/vocabulary.ts";
import type { Db } from "../postgres/db.ts";
import { recordset } from "../postgres/recordset.ts";

/** The new status of a locked interaction. */
export interface ReceiptMove {
  readonly interactionId: InteractionId;
  readonly status: InteractionStatus;
  readonly statusDetails: string | null;
  readonly ruleId: string | null;
  readonly short: string | null;
  readonly long: string | null;
  /** The provider's id, for an interaction whose outcome was unknown, or that was scheduled again or ended then. */
  readonly messageId: string | null;
  readonly evidence: Omit<Evidence, "durationMs">;
}

const MOVE = {
  interactionId: "bigint",
  status: "text",
  statusDetails: "text",
  ruleId: "text",
  short: "text",
  long: "text",
  messageId: "text",
  evidence: "jsonb",
} as const;

/** Moves interactions that this transaction has locked. The database writes their transitions. */
export async function moveByReceipts(
  transaction: Db,
  moves: readonly ReceiptMove[],
): Promise<void> {
  if (moves.length === 0) return;
  await sql`
    update tidings.interactions i
    set status = m.status, status_details = m."statusDetails", compliance_guard_rule_id = m."ruleId", failure_description_short = m.short,
      failure_description_long = m.long, evidence = m.evidence,
      -- the outcome was unknown, and is settled by the receipt
      settle_at = case when tidings.is_outcome_unknown(i.status, i.status_details) then null else i.settle_at end,
      provider_message_id = case
        when i.status = 'scheduled' or tidings.is_outcome_unknown(i.status, i.status_details) or tidings.is_ended_unsent(i.status, i.status_details, i.evidence)
        then coalesce(i.provider_message_id, m."messageId") else i.provider_message_id end
    from ${recordset("m", MOVE, moves)}
    -- named twice, so that they are looked up: the planner would rather read all interactions
    where i.id = m."interactionId" and i.id = any(${moves.map((one) => one.interactionId)}::bigint[]) and i.origin = 'tidings'
  `.execute(transaction);
}

/** A receipt that changes nothing, and why. */
export interface NotedOddity {
  readonly receiptId: ReceiptId;
  readonly reason: ReceiptOddity;
}

/**
 * Keeps the oddities of the judged receipts: opens those that are new, changes the reason of those that have another one,
 * and closes those of receipts that fit now.
 */
export async function noteOddities(
  transaction: Db,
  judged: readonly ReceiptId[],
  oddities: readonly NotedOddity[],
): Promise<void> {
  await sql`
    update tidings.receipt_oddities o
    set closed_at = clock_timestamp()
    where o.receipt_id = any(${judged}::bigint[]) and o.closed_at is null
      and o.receipt_id <> all(${oddities.map((one) => one.receiptId)}::bigint[])
  `.execute(transaction);
  if (oddities.length === 0) return;
  await sql`
    insert into tidings.receipt_oddities (receipt_id, reason)
    select o."receiptId", o.reason
    from ${recordset("o", { receiptId: "bigint", reason: "text" }, oddities)}
    on conflict (receipt_id) do update set reason = excluded.reason, closed_at = null
    where (receipt_oddities.reason, receipt_oddities.closed_at) is distinct from (excluded.reason, null)
  `.execute(transaction);
}
