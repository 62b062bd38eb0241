import { sql } from "kysely";
import type { InteractionId } from "../../domain/ids.ts";
import type {
  FoundFailure,
  FoundMessage,
  UnknownOutcome,
} from "../../domain/settle/unknown-outcome.ts";
import type { StatusDetails } from "../../domain/status-details.ts";
import type { Db } from "../postgres/db.ts";
import { detailsOf } from "./details.ts";
import type { ContentFault } from "../../domain/sealed-content.ts";
import { tryUnsealContent, type Seal } from "../../seal.ts";

type Row = Omit<UnknownOutcome, "to" | "body"> & { readonly content: object | null };

/** The outcomes that may be settled: those with this number of lookups whose time has come. */
export interface DueToSettle {
  readonly timesLookedUp: number;
  readonly dueBy: Date;
}

/** An unknown outcome that cannot be looked up, because its content cannot be opened. */
export interface Unreadable {
  readonly interactionId: InteractionId;
  readonly code: ContentFault;
}

/** Unknown outcomes, and those of them whose content cannot be opened. */
export interface LoadedOutcomes {
  readonly unknown: UnknownOutcome[];
  readonly unreadable: Unreadable[];
}

/** Loads those of the interactions whose outcome is still unknown and due, and that no attempt has followed. */
export async function loadUnknownOutcomes(
  db: Db,
  interactionIds: readonly InteractionId[],
  { timesLookedUp, dueBy }: DueToSettle,
  seal: Seal | undefined,
): Promise<LoadedOutcomes> {
  const { rows } = await sql<Row>`
    select i.id as interaction_id, i.channel, coalesce(t.on_unknown, 'hold') as on_unknown, earlier.unknown as earlier_unknown,
      own.unknown as times_unknown, i.scheduled_at_to as latest_at, i.claimed_at,
      i.content
    from tidings.interactions i
    left join tidings.notification_types t on t.id = i.notification_type_id and t.version = i.notification_type_version
    cross join lateral (
      select count(*)::int as unknown
      from tidings.interactions e
      where (e.id = i.first_interaction_id or e.first_interaction_id = i.first_interaction_id) and e.attempt < i.attempt
        and tidings.is_outcome_unknown(e.status, e.status_details)
    ) earlier
    cross join lateral (
      select count(*)::int as unknown
      from tidings.interaction_transitions m
      where m.interaction_id = i.id and tidings.is_outcome_unknown(m.to_status, m.to_status_details)
    ) own
    where i.id = any(${interactionIds}::bigint[]) and i.origin = 'tidings'
      and tidings.is_outcome_unknown(i.status, i.status_details) and not tidings.has_next_attempt(i.id)
      and i.times_looked_up = ${timesLookedUp} and i.settle_at <= ${dueBy}
    order by i.id
  `.execute(db);
  const loaded: LoadedOutcomes = { unknown: [], unreadable: [] };
  for (const { content: stored, ...row } of rows) {
    const { content, fault } = tryUnsealContent(stored, seal, row);
    const { to = "", body = "" } = (content ?? {}) as Partial<LookupContent>;
    if (fault === null) loaded.unknown.push({ ...row, to, body });
    else loaded.unreadable.push({ interactionId: row.interactionId, code: fault });
  }
  return loaded;
}

/**
 * Leases outcomes that are still due, so that no other job settles them before `until`. Returns the leased ids; after
 * `until` maintenance queues them again.
 */
export async function leaseUnknownOutcomes(
  db: Db,
  interactionIds: readonly InteractionId[],
  { timesLookedUp, dueBy }: DueToSettle,
  until: Date,
): Promise<Set<InteractionId>> {
  if (interactionIds.length === 0) return new Set();
  const { rows } = await sql<{ id: InteractionId }>`
    update tidings.interactions i
    set settle_at = ${until}, settling_since = clock_timestamp()
    where i.id = any(${interactionIds}::bigint[]) and tidings.is_outcome_unknown(i.status, i.status_details)
      and i.times_looked_up = ${timesLookedUp} and i.settle_at <= ${dueBy}
    returning i.id
  `.execute(db);
  return new Set(rows.map((row) => row.id));
}

/** Leaves unknown outcomes to a person: they are no longer settled automatically. */
export async function holdUnknownOutcomes(
  db: Db,
  interactionIds: readonly InteractionId[],
): Promise<void> {
  if (interactionIds.length === 0) return;
  await sql`
    update tidings.interactions i
    set settle_at = null
    where i.id = any(${interactionIds}::bigint[]) and tidings.is_outcome_unknown(i.status, i.status_details)
  `.execute(db);
}

/** The parts of a text's content that a lookup needs. */
type LookupContent = Pick<UnknownOutcome, "to" | "body">;

/**
 * True if a provider's message is that of another text: it has its id, or a receipt of the message names it. A text that was sent twice
 * has the id of one message only. No other channel has a lookup.
 */
export async function isOfOtherText(
  db: Db,
  interactionId: InteractionId,
  messageId: string,
): Promise<boolean> {
  const { rows } = await sql<{ id: string }>`
    select i.id from tidings.interactions i
    where i.channel = 'text' and i.provider_message_id = ${messageId} and i.id <> ${interactionId}::bigint
    union all
    select r.id from tidings.receipts r where r.provider_message_id = ${messageId} and r.interaction_id <> ${interactionId}::bigint
    limit 1
  `.execute(db);
  return rows.length > 0;
}

/** The settled result of an unknown outcome; null for the channel's usual words. */
export interface SettledResult {
  readonly status: FoundMessage["status"];
  readonly statusDetails: StatusDetails | null;
  readonly messageId: string | null;
  readonly failure: FoundFailure | null;
}

/**
 * Records the result of a lookup, or of an operator's check. If the message was sent, the database cancels the attempts that
 * are scheduled after it. False if the outcome was known already.
 */
export async function recordFound(
  db: Db,
  interactionId: InteractionId,
  { status, statusDetails, messageId, failure }: SettledResult,
): Promise<boolean> {
  const short = failure?.short ?? null;
  const long = failure?.long ?? null;
  const { rows } = await sql<{ id: InteractionId }>`
    update tidings.interactions i
    set status = ${status}, settle_at = null, provider_message_id = coalesce(${messageId}, i.provider_message_id),
      status_details = coalesce(${statusDetails}, ${detailsOf(status === "succeeded" ? "Delivered" : "Sent")}),
      failure_description_short = ${short}, failure_description_long = ${long},
      evidence = jsonb_build_object('provider', i.provider, 'code', ${messageId === null ? "operator" : "lookup"}::text)
    where i.id = ${interactionId} and tidings.is_outcome_unknown(i.status, i.status_details)
    returning i.id
  `.execute(db);
  return rows.length > 0;
}

/**
 * Schedules again interactions that the provider is known not to have accepted, unless another attempt has followed.
 * `code` names the evidence. Returns the changed ids.
 */
export async function scheduleNeverSent(
  db: Db,
  interactionIds: readonly InteractionId[],
  dueAt: Date,
  code: string,
): Promise<InteractionId[]> {
  if (interactionIds.length === 0) return [];
  return await afterLocking(db, interactionIds, (transaction) =>
    moveNeverSent(transaction, interactionIds, dueAt, code),
  );
}

/**
 * Locks interactions and then works on them in the same transaction. The work is a separate statement, so it sees a next
 * attempt that was committed while this waited for the lock.
 */
const afterLocking = <Result>(
  db: Db,
  interactionIds: readonly InteractionId[],
  work: (transaction: Db) => Promise<Result>,
): Promise<Result> =>
  inTransaction(db, async (transaction) => {
    await sql`
      select from tidings.interactions i where i.id = any(${interactionIds}::bigint[]) order by i.id for update
    `.execute(transaction);
    return await work(transaction);
  });

const inTransaction = <Result>(
  db: Db,
  work: (transaction: Db) => Promise<Result>,
): Promise<Result> => (db.isTransaction ? work(db) : db.transaction().execute(work));

/**
 * The receipts of an unknown outcome. One that waits to be applied may settle it. One that was applied and did not settle it is in words
 * that Tidings does not know, and shows that the provider accepted the message.
 */
export type Reported = "no" | "waiting" | "unread";

/**
 * Locks outcomes that are still unknown, and returns what providers have reported about them. A provider reports only about a message that
 * it has accepted, whatever a lookup says, so no daemon sends such a message again.
 */
export const lockReported = (
  transaction: Db,
  interactionIds: readonly InteractionId[],
): Promise<Map<InteractionId, Reported>> =>
  afterLocking(transaction, interactionIds, async () => {
    const { rows } = await sql<{ id: InteractionId; reported: Reported }>`
      select i.id, case
        when tidings.has_waiting_receipt(coalesce(i.first_interaction_id, i.id)) then 'waiting'
        when (
          select r.id from tidings.receipts r
          where r.interaction_id = i.id and (select q.receipt_id from tidings.receipt_queue q where q.receipt_id = r.id) is null
          limit 1
        ) is not null then 'unread'
        else 'no' end as reported
      from tidings.interactions i
      where i.id = any(${interactionIds}::bigint[]) and tidings.is_outcome_unknown(i.status, i.status_details)
    `.execute(transaction);
    return new Map(rows.map(({ id, reported }) => [id, reported]));
  });

async function moveNeverSent(
  transaction: Db,
  interactionIds: readonly InteractionId[],
  dueAt: Date,
  code: string,
): Promise<InteractionId[]> {
  const { rows } = await sql<{ id: InteractionId }>`
    with moved as (
      update tidings.interactions i
      set status = 'scheduled', status_details = null, scheduled_at_from = ${dueAt}, settle_at = null,
        failure_description_short = null, failure_description_long = null,
        evidence = jsonb_build_object('provider', i.provider, 'code', ${code}::text)
      where i.id = any(${interactionIds}::bigint[]) and tidings.is_outcome_unknown(i.status, i.status_details)
        and not tidings.has_next_attempt(i.id)
      returning i.id
    ),
    jobs as (
      select tidings.queue_deliveries(array_agg(m.id)) from moved m
    )
    select m.id, (select count(*) from jobs) as jobs from moved m
  `.execute(transaction);
  return rows.map((row) => row.id);
}

/** Ends attempts that the provider never accepted, after the maximum number of retries. */
export async function failNeverAccepted(
  db: Db,
  interactionIds: readonly InteractionId[],
): Promise<void> {
  if (interactionIds.length === 0) return;
  await afterLocking(db, interactionIds, (transaction) =>
    sql`
    update tidings.interactions i
    set status = 'failed', status_details = ${detailsOf("Failed")}, settle_at = null,
      failure_description_short = 'Never accepted',
      failure_description_long = 'The provider accepted none of the calls and gave no readable answer. Check the provider, then send the notice again.',
      evidence = jsonb_build_object('provider', i.provider, 'code', 'neverAccepted')
    where i.id = any(${interactionIds}::bigint[]) and tidings.is_outcome_unknown(i.status, i.status_details)
      and not tidings.has_next_attempt(i.id)
  `.execute(transaction),
  );
}
