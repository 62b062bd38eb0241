import { sql } from "kysely";
import type { InteractionId, ReceiptId } from "../../domain/ids.ts";
import type { ProviderReceipt } from "../../domain/receipts/provider-receipt.ts";
import type { Channel, ContactEventKind, InteractionStatus } from "../../domain/vocabulary.ts";
import type { Db } from "../postgres/db.ts";
import { EVENT_HOLDS } from "./event-holds.ts";
import { recordset } from "../postgres/recordset.ts";

/** A stored receipt with the state of the interaction that it is about. */
export interface MatchedReceipt {
  readonly receiptId: ReceiptId;
  /** Null if no interaction is known to be its message. */
  readonly interactionId: InteractionId | null;
  /** True if the stored receipt already names its interaction. */
  readonly isNoted: boolean;
  /** The status of that interaction. */
  readonly status: InteractionStatus | null;
  /** True if the provider was called for that interaction. */
  readonly wasCalled: boolean;
  /** True if the interaction has another message at this provider. */
  readonly isOfOtherMessage: boolean;
  /** The time since it arrived (ms). */
  readonly ageMs: number;
}

/**
 * Finds the interactions of receipts: the one that is named, that with the provider's id, or for a Message-ID of ours the
 * last attempt of its chain that was handed over. An attempt that its provider refused, and one that is scheduled again or canceled, counts
 * only if there is no other: all attempts of a chain have the same Message-ID, and a report is about one that was accepted.
 */
export async function matchReceipts(
  db: Db,
  receiptIds: readonly ReceiptId[],
): Promise<MatchedReceipt[]> {
  const { rows } = await sql<MatchedReceipt>`
    select r.id as receipt_id, i.id as interaction_id, r.interaction_id is not null as is_noted, i.status,
      i.claimed_at is not null as was_called,
      coalesce(i.channel = 'text' and i.provider = r.provider and i.provider_message_id <> r.provider_message_id, false) as is_of_other_message,
      round(extract(epoch from clock_timestamp() - r.received_at) * 1000)::float8 as age_ms
    from tidings.receipts r
    left join lateral (
      select m.id from tidings.interactions m
      where r.interaction_id is null and m.channel = 'text' and m.provider_message_id = r.provider_message_id and m.provider = r.provider
      order by m.id desc limit 1
    ) by_message on true
    left join lateral (
      select a.id
      from (select tidings.chain_of_message(r.provider_message_id) as id) chain
      join tidings.interactions a on a.id = chain.id or a.first_interaction_id = chain.id
      where r.interaction_id is null and a.channel = 'email' and a.claimed_at is not null
      order by a.status in ('scheduled', 'canceled') or (a.status = 'failed' and (
          select t.from_status from tidings.interaction_transitions t
          where t.interaction_id = a.id and t.to_status = 'failed' order by t.id limit 1
        ) = 'inProgress'), a.attempt desc
      limit 1
    ) by_chain on true
    -- limited to one, so that it is looked up: the planner would rather read all interactions
    left join lateral (
      select l.id, l.status, l.claimed_at, l.channel, l.provider, l.provider_message_id from tidings.interactions l
      where l.id = coalesce(r.interaction_id, by_message.id, by_chain.id) and l.origin = 'tidings'
      limit 1
    ) i on true
    where r.id = any(${receiptIds}::bigint[])
    order by r.id
  `.execute(db);
  return rows;
}

/**
 * Locks interactions in the order of their ids and returns the locked ones. Those that another transaction has locked are
 * left out: waiting for one would keep the others locked.
 */
export async function lockInteractions(
  transaction: Db,
  interactionIds: readonly InteractionId[],
): Promise<Set<InteractionId>> {
  const { rows } = await sql<{ id: InteractionId }>`
    select i.id from tidings.interactions i
    where i.id = any(${interactionIds}::bigint[])
    order by i.id
    for no key update skip locked
  `.execute(transaction);
  return new Set(rows.map((row) => row.id));
}

/** Writes to receipts the interactions that they are about. */
export async function noteMatches(
  db: Db,
  matches: readonly { readonly receiptId: ReceiptId; readonly interactionId: InteractionId }[],
): Promise<void> {
  if (matches.length === 0) return;
  await sql`
    update tidings.receipts r
    set interaction_id = m."interactionId"
    from ${recordset("m", { receiptId: "bigint", interactionId: "bigint" }, matches)}
    -- named twice, so that they are looked up: a plan that was made for few receipts would read all of many
    where r.id = m."receiptId" and r.id = any(${matches.map((one) => one.receiptId)}::bigint[]) and r.interaction_id is null
  `.execute(db);
}

/** A receipt as it is stored. */
export interface StoredReceipt extends ProviderReceipt {
  readonly receiptId: ReceiptId;
  /** False while it is queued. */
  readonly isApplied: boolean;
}

/** A message of ours with its recorded answer and its receipts. */
export interface MessageRow {
  readonly interactionId: InteractionId;
  readonly channel: Channel;
  readonly status: InteractionStatus;
  readonly statusDetails: string | null;
  readonly attempt: number;
  readonly latestAt: Date | null;
  /** The time of the last claim; null if the provider was never called. */
  readonly claimedAt: Date | null;
  /** True if it was withdrawn, or failed by a rule or a person, at some time after its call. */
  readonly wasWithdrawn: boolean;
  /** True if it was ended in the belief that it was not sent, and no report has shown otherwise. */
  readonly isEndedUnsent: boolean;
  /** The provider's answer to the last claim, or to the lookup that found its message; null if none was recorded. */
  readonly answerStatus: InteractionStatus | null;
  readonly answerDetails: string | null;
  readonly answerCode: string | null;
  readonly answeredAt: Date | null;
  readonly receipts: readonly StoredReceipt[];
  /** The findings of this message about its contact that hold. */
  readonly findings: readonly ContactEventKind[];
  /** The soft failures of the contact with other messages, since a message to it last arrived. */
  readonly softFailures: readonly Date[];
}

/** Receipts in JSON have dates as text. */
type Row = Omit<MessageRow, "receipts" | "softFailures"> & {
  readonly softFailures: readonly string[];
  readonly receipts: readonly (Omit<StoredReceipt, "receivedAt"> & {
    readonly receivedAt: string;
  })[];
};

/** True if anything but a receipt has ended the interaction `i` while it was scheduled. */
const WAS_WITHDRAWN = sql<boolean>`(
  select t.id from tidings.interaction_transitions t
  where t.interaction_id = i.id and t.from_status = 'scheduled' and t.to_status in ('canceled', 'failed')
    and (t.evidence->>'provider' = 'receipt') is not true
  limit 1
) is not null`;

/** The findings of the interaction `i` about its contact that hold. */
const FINDINGS_JSON = sql`(
  select coalesce(json_agg(e.kind), '[]') from tidings.contact_events e
  where e.interaction_id = i.id and ${EVENT_HOLDS}
)`;

/** The times of the soft failures of its contact with other messages, since a message to it last arrived. */
const SOFT_FAILURES_JSON = sql`(
  select coalesce(json_agg(e.occurred_at), '[]') from tidings.contact_events e
  where e.contact_id = i.contact_id and e.kind = 'softFailure' and e.interaction_id <> i.id and ${EVENT_HOLDS}
    and not exists (
      select from tidings.interactions s
      where s.person_id = i.person_id and s.contact_id = i.contact_id and s.status = 'succeeded' and s.status_updated_at > e.occurred_at
    )
)`;

/**
 * Loads messages with their receipts: those that are applied, and the claimed ones. Others that are queued belong to another
 * transaction.
 */
export async function loadMessages(
  db: Db,
  interactionIds: readonly InteractionId[],
  claimed: readonly ReceiptId[],
): Promise<MessageRow[]> {
  const { rows } = await sql<Row>`
    select i.id as interaction_id, i.channel, i.status, i.status_details, i.attempt, i.scheduled_at_to as latest_at, i.claimed_at,
      ${WAS_WITHDRAWN} as was_withdrawn,
      tidings.is_ended_unsent(i.status, i.status_details, i.evidence) as is_ended_unsent,
      a.to_status as answer_status, a.to_status_details as answer_details,
      coalesce(a.evidence->>'enhancedCode', nullif(a.evidence->>'code', 'lookup')) as answer_code, a.moved_at as answered_at,
      (
        select coalesce(json_agg(f order by f."receivedAt", f."receiptId"), '[]')
        from (
          select r.id::text as "receiptId", coalesce(r.provider_message_id, '') as "providerMessageId", r.raw_status as "rawStatus", r.code,
            r.qualifier, r.received_at as "receivedAt", q.receipt_id is null as "isApplied"
          from tidings.receipts r
          left join tidings.receipt_queue q on q.receipt_id = r.id
          where r.interaction_id = i.id and (q.receipt_id is null or r.id = any(${claimed}::bigint[]))
            and (i.channel = 'text' and i.provider = r.provider and i.provider_message_id <> r.provider_message_id) is not true
        ) f
      ) as receipts,
      ${FINDINGS_JSON} as findings, ${SOFT_FAILURES_JSON} as soft_failures
    from unnest(${interactionIds}::bigint[]) as wanted(id)
    cross join lateral (select * from tidings.interactions l where l.id = wanted.id limit 1) i
    left join lateral (
      select t.to_status, t.to_status_details, t.evidence, t.moved_at
      from tidings.interaction_transitions t
      where t.interaction_id = i.id
        and ((t.from_status = 'inProgress' and t.to_status in ('attempted', 'succeeded', 'failed')) or t.evidence->>'code' = 'lookup')
      order by t.id desc
      limit 1
    ) a on true
    order by i.id
  `.execute(db);
  return rows.map((row) => ({
    ...row,
    receipts: row.receipts.map((one) => ({ ...one, receivedAt: new Date(one.receivedAt) })),
    softFailures: row.softFailures.map((at) => new Date(at)),
  }));
}
