import { sql } from "kysely";
import type { Channel } from "../../domain/vocabulary.ts";
import type { Found, FoundFailure, UnknownOutcome } from "../../domain/unknown-outcome.ts";
import type { Db } from "../postgres/db.ts";
import { openContent, type Seal } from "../../seal.ts";

type Row = Omit<UnknownOutcome, "to" | "body"> & { readonly content: object | null };

/**
 * Those of the interactions whose outcome is still unknown and that nothing has followed. Throws CONTENT_KEY_UNKNOWN where
 * what was said can no longer be read.
 */
export async function loadUnknownOutcomes(
  db: Db,
  interactionIds: readonly string[],
  seal: Seal | undefined,
): Promise<UnknownOutcome[]> {
  const { rows } = await sql<Row>`
    select i.id as interaction_id, i.channel, t.on_unknown, earlier.unknown as earlier_unknown, i.scheduled_at_to as latest_at, i.claimed_at,
      i.content
    from tidings.interactions i
    join tidings.notification_types t on t.id = i.notification_type_id and t.version = i.notification_type_version
    cross join lateral (
      select count(*)::int as unknown
      from tidings.interactions e
      where (e.id = i.first_interaction_id or e.first_interaction_id = i.first_interaction_id) and e.attempt < i.attempt
        and tidings.is_outcome_unknown(e.status, e.status_details)
    ) earlier
    where i.id = any(${interactionIds}::bigint[]) and i.origin = 'tidings'
      and tidings.is_outcome_unknown(i.status, i.status_details) and not tidings.has_next_attempt(i.id)
    order by i.id
  `.execute(db);
  return rows.map(({ content, ...row }) => {
    const { to = "", body = "" } = (openContent(content, seal) ?? {}) as Partial<Said>;
    return { ...row, to, body };
  });
}

/** What is asked of a text's content. */
type Said = Pick<UnknownOutcome, "to" | "body">;

/** Whether an interaction has this id of a provider's already. */
export async function isOnRecord(db: Db, channel: Channel, messageId: string): Promise<boolean> {
  const { rows } = await sql<{ known: boolean }>`
    select exists (
      select from tidings.interactions i
      where i.channel = ${channel} and i.provider_message_id = ${messageId}
    ) as known
  `.execute(db);
  return rows[0]?.known ?? false;
}

/** What has come out of an outcome nobody knew; null where there is no more to say than its channel's usual words. */
export interface CameOut {
  readonly status: Found["status"];
  readonly statusDetails: string | null;
  readonly messageId: string | null;
  readonly failure: FoundFailure | null;
}

/** Writes what the provider told of a message when it was asked, or an operator found out. False where it was known already. */
export async function recordFound(
  db: Db,
  interactionId: string,
  { status, statusDetails, messageId, failure }: CameOut,
): Promise<boolean> {
  const short = failure?.short ?? null;
  const long = failure?.long ?? null;
  const { rows } = await sql<{ id: string }>`
    update tidings.interactions i
    set status = ${status}, provider_message_id = coalesce(${messageId}, i.provider_message_id),
      status_details = coalesce(${statusDetails}, i.channel || ${status === "succeeded" ? "Delivered" : "Sent"}::text),
      failure_description_short = ${short}, failure_description_long = ${long},
      evidence = jsonb_build_object('provider', i.provider, 'code', ${messageId === null ? "operator" : "asked"}::text)
    where i.id = ${interactionId} and tidings.is_outcome_unknown(i.status, i.status_details)
    returning i.id
  `.execute(db);
  return rows.length > 0;
}

/** Schedules again what is shown never to have been taken, unless another attempt has followed it. `code` says by what. */
export async function scheduleNeverSent(
  db: Db,
  interactionId: string,
  dueAt: Date,
  code: string,
): Promise<boolean> {
  const { rows } = await sql<{ id: string }>`
    with moved as (
      update tidings.interactions i
      set status = 'scheduled', status_details = null, scheduled_at_from = ${dueAt},
        failure_description_short = null, failure_description_long = null,
        evidence = jsonb_build_object('provider', i.provider, 'code', ${code}::text)
      where i.id = ${interactionId} and tidings.is_outcome_unknown(i.status, i.status_details)
        and not tidings.has_next_attempt(i.id)
      returning i.id
    ),
    jobs as (
      select tidings.queue_deliveries(array_agg(m.id)) from moved m
    )
    select m.id, (select count(*) from jobs) as jobs from moved m
  `.execute(db);
  return rows.length > 0;
}
